import {
  entryOf,
  hasOtherLogin,
  isOwnValue,
  type OwnAuths,
  textOfEntry,
  textsOfLogin,
} from "../clients/docker/auths.ts";
import { type LoginConfig, readLoginConfigOrEmpty } from "../clients/docker/config.ts";
import { dockerConfigFile } from "../clients/docker/edit-config.ts";
import { explainHelperProgram } from "../clients/helper-program.ts";
import type { StoreProgram } from "../clients/native/store-program.ts";
import type { LoginRequest } from "../discovery/request.ts";
import { type Explanation, explain } from "../findings/finding.ts";
import type { Registry } from "../registries/registry.ts";
import { entriesIn } from "../store/journal.ts";
import type { Registration } from "../store/state.ts";
import type { Store } from "../store/store.ts";
import type { ClientsWorld } from "./clients-world.ts";
import { type Placement, storeValue } from "./record.ts";

/** Where a login goes with the storage `native`, as far as it is known before its credential is. */
export type Route =
  /**
   * Nothing of ours is written; `isWrong` where clients do not get a login at all.
   * @param saved the login of an earlier run that the store still has
   */
  | {
      readonly kind: "kept";
      readonly finding: Explanation;
      readonly isWrong: boolean;
      readonly saved?: Registration | undefined;
    }
  /**
   * An earlier run put it there, and clients find it there.
   * @param reason why it is not where docker would put it; null where it is
   */
  | {
      readonly kind: "placed";
      readonly registration: Registration;
      readonly placement: Placement;
      readonly reason: Explanation | null;
    }
  /** @param isAsked whether the store has said by now that it has no login of somebody else */
  | { readonly kind: "store"; readonly program: StoreProgram; readonly isDefault: boolean; readonly isAsked: boolean }
  /** @param reason why it is not where docker would put it; null where it is */
  | { readonly kind: "other"; readonly placement: Placement; readonly reason: Explanation | null };

/** What routing takes from a run. */
export interface NativeWorld extends ClientsWorld {
  readonly store: Store;
  /** Whether logins that persons made are replaced. */
  readonly replaces: boolean;
  /** Whether what docker's configuration still says need not be asked of a store again. */
  readonly onlyChanged: boolean;
}

/** docker's configuration; one that cannot be read counts as empty, and is for its edit to report. */
export function readConfig({ env }: Pick<NativeWorld, "env">): LoginConfig {
  return readLoginConfigOrEmpty(dockerConfigFile(env));
}

/** The login that an earlier run saved for a registry. */
export function savedFor({ host }: Registry, { store }: Pick<NativeWorld, "store">): Registration | undefined {
  return store.registrations.find((each) => each.host === host && each.failure === undefined);
}

/** The route into docker's own file, which may hold a login that a person made. */
export function routeToFile(
  request: LoginRequest,
  config: LoginConfig,
  world: NativeWorld,
  fallback: { readonly store: string; readonly reason: Explanation } | null = null,
): Route {
  const { registry, user } = request;
  const { env, store, replaces } = world;
  const file = dockerConfigFile(env);
  const placement: Placement = {
    storage: "plaintext",
    isNative: true,
    ...(fallback === null ? {} : { fallback: fallback.store }),
  };
  const reason = fallback?.reason ?? null;
  const ours = { former: entriesIn(store.journal, file) };
  const isThere = registry.keys.every(
    (key) => isOwnValue(config.auths, key, ours) && textOfEntry(entryOf(config.auths, key)) !== "",
  );
  const registration = savedFor(registry, world);
  if (registration?.storage === "plaintext" && registration.fallback === fallback?.store && isThere) {
    return { kind: "placed", registration, placement, reason };
  }
  if (user !== null && holdsSameLogin(request, config, ours)) return keepSame(user, registry.host);
  if (!replaces && holdsOtherLogin(request, config, ours)) {
    const finding = explain("docker-other-login", { client: "docker", file, host: registry.host });
    return { kind: "kept", finding, isWrong: false };
  }
  return { kind: "other", placement, reason };
}

/** The route of a login that a person has made already: a logout of ours does not remove it. */
export function keepSame(user: string, host: string): Route {
  return { kind: "kept", finding: explain("same-login-by-hand", { user, host }), isWrong: false };
}

/**
 * Finds a login that a person has put into a store, under any of the keys of a registry; it may be the requested one.
 * @param isKnown whether a fingerprint under a key is that of a login of ours
 */
export async function findLoginByHand(
  program: StoreProgram,
  { registry: { host, keys }, user, password }: LoginRequest,
  isKnown: (key: string, sha256: string) => boolean,
): Promise<Route | null> {
  for (const key of keys) {
    const found = await program.get(key);
    if (found === null || "code" in found || isKnown(key, storeValue(key, found).sha256)) continue;
    if (found.username === user && found.secret === password) return keepSame(user, host);
    const finding = explain("login-by-hand", { user: found.username, key: host, store: program.name });
    return { kind: "kept", finding, isWrong: false };
  }
  return null;
}

/** Does docker find the requested login in `auths`, where no earlier run has written it? */
function holdsSameLogin(
  { registry, user, password }: LoginRequest,
  { auths }: LoginConfig,
  ours: Pick<OwnAuths, "former">,
): boolean {
  const { key } = registry;
  if (user === null || password === null || !Object.hasOwn(auths, key) || isOwnValue(auths, key, ours)) return false;
  const text = textOfEntry(entryOf(auths, key));
  return text !== null && textsOfLogin({ username: user, secret: password }).includes(text);
}

/** Is there a login in `auths` that is neither of an earlier run nor the same as the requested one? */
function holdsOtherLogin(
  { registry, user, password }: LoginRequest,
  { auths }: LoginConfig,
  { former }: Pick<OwnAuths, "former">,
): boolean {
  const texts = user === null || password === null ? [""] : textsOfLogin({ username: user, secret: password });
  return registry.keys.some((key) =>
    texts.every((text) => hasOtherLogin(auths, key, { current: new Map([[key, text]]), former })),
  );
}

/** A store that failed. */
export interface FailedStore {
  readonly program: StoreProgram;
  readonly isDefault: boolean;
  /** Whether it fails to answer for the host, too. */
  readonly isUnanswered: boolean;
}

/**
 * Where a login goes whose store fails: to our own helper, which an entry for the host puts before the store; or to the file,
 * where docker looks after a store that fails. It does not where the store says that it has no login, and waits indefinitely
 * for one that does not answer. A default store it does not look for at all where its file holds a login.
 */
export function routeAroundStore(
  request: LoginRequest,
  { program, isDefault, isUnanswered }: FailedStore,
  finding: Explanation,
  config: LoginConfig,
  world: NativeWorld,
): Route {
  if (explainHelperProgram(world.env, "docker") === null) {
    return { kind: "other", placement: { storage: "disk", keepsToken: true }, reason: finding };
  }
  return isDefault || (isUnanswered && !program.hangs())
    ? routeToFile(request, config, world, { store: program.name, reason: finding })
    : { kind: "kept", finding, isWrong: true };
}
