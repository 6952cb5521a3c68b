import { isOwnValue, textOfEntry } from "../clients/docker/auths.ts";
import { type LoginConfig, readLoginConfig } from "../clients/docker/config.ts";
import { dockerConfigFile } from "../clients/docker/edit-config.ts";
import { explainHelperProgram } from "../clients/helper-program.ts";
import { findDestination } from "../clients/native/destination.ts";
import { type Fault, isUnreadable } from "../clients/native/fault.ts";
import type { StoreProgram } from "../clients/native/store-program.ts";
import type { LoginRequest } from "../discovery/request.ts";
import { type Explanation, explain } from "../findings/finding.ts";
import { revisionOfFile } from "../platform/own-file.ts";
import type { Registry } from "../registries/registry.ts";
import { placeOfStore, valuesIn } from "../store/journal.ts";
import type { Registration } from "../store/state-file.ts";
import type { Store } from "../store/store.ts";
import type { ClientsWorld } from "./docker.ts";
import { type NewLogin, type Placement, storeValue } from "./record.ts";

/** Where a login goes with the storage `native`, as far as it is known before its credential is. */
export type Route =
  /** Nothing of ours is written; `isWrong` where clients do not get a login at all. */
  | { readonly kind: "kept"; readonly finding: Explanation; readonly isWrong: boolean }
  /** An earlier run put it there, and clients find it there. */
  | { readonly kind: "placed"; readonly registration: Registration; readonly placement: Placement }
  | { readonly kind: "store"; readonly program: StoreProgram; readonly isDefault: boolean }
  /** @param reason why it is not where docker would put it; null where it is */
  | { readonly kind: "other"; readonly placement: Placement; readonly reason: Explanation | null };

/** What routing takes from a run. */
export interface NativeWorld extends ClientsWorld {
  readonly store: Store;
  /** Whether logins that persons made are replaced. */
  readonly replaces: boolean;
}

/**
 * Decides for each request where its login goes, as `docker login` would: a helper that somebody configured for the host is
 * left alone; else the credential store; else docker's own file. The first store that is needed is asked once before all
 * others: one that hangs, or opens a dialog, does so once.
 * @returns host -> route
 */
export async function routeLogins(requests: readonly LoginRequest[], world: NativeWorld): Promise<Map<string, Route>> {
  const config = readConfig(world);
  const routes = new Map<string, Route>();
  const asked: (() => Promise<void>)[] = [];
  for (const request of requests) {
    const { registry } = request;
    if (registry.kind === "npm") {
      routes.set(registry.host, { kind: "other", placement: { storage: "npmrc" }, reason: null });
      continue;
    }
    const known = routeFromConfig(registry, config, world);
    if (known !== null) routes.set(registry.host, known);
    else asked.push(async () => void routes.set(registry.host, await routeFromStore(request, config, world)));
  }
  const [first, ...others] = asked;
  await first?.();
  await Promise.all(others.map((ask) => ask()));
  return routes;
}

/** A file that cannot be read is for its edit to report. */
function readConfig({ env }: NativeWorld): LoginConfig {
  const config = readLoginConfig(dockerConfigFile(env));
  return "code" in config ? { auths: {}, credHelpers: {}, credsStore: null } : config;
}

/** The route, if it is known without asking a store; null otherwise. */
function routeFromConfig(registry: Registry, config: LoginConfig, world: NativeWorld): Route | null {
  const { env, platform, store } = world;
  const destination = findDestination(config, registry, env, platform);
  const registration = store.registrations.find(({ host, failure }) => host === registry.host && failure === undefined);
  const file = dockerConfigFile(env);
  switch (destination.kind) {
    case "other-helper":
      return explainOtherHelper(destination.helper, registry, world);
    case "own-helper": {
      const placement: Placement = { storage: "disk", keepsToken: true };
      const isServed = registration !== undefined && store.credentialOf(registration) !== null;
      return isServed
        ? { kind: "placed", registration, placement: { storage: registration.storage, keepsToken: true } }
        : { kind: "other", placement, reason: null };
    }
    case "file": {
      const placement: Placement = { storage: "plaintext", isNative: true };
      const ours = { current: new Map(), former: valuesIn(store.journal, file) };
      const isThere = registry.keys.every((key) => isOwnValue(config.auths, key, ours) && !isPlaceholder(config, key));
      return registration?.storage === "plaintext" && isThere
        ? { kind: "placed", registration, placement }
        : { kind: "other", placement, reason: null };
    }
    case "store": {
      const isThere =
        registration?.store === destination.store &&
        !destination.isDefault &&
        Object.hasOwn(config.auths, registry.keys[0] ?? "") &&
        registry.keys.every((key) => recordedIn(store, destination.store, key).length === 1) &&
        store.configRevision !== null &&
        store.configRevision === revisionOfFile(file);
      return isThere ? placedInStore(registration, destination.store) : null;
    }
  }
}

/**
 * The fingerprints of what a store may hold of ours under a key. Several mean that a run was killed while it stored: which
 * one is there is not known, and under a second key it may be a different one.
 */
function recordedIn({ journal }: Store, name: string, key: string): string[] {
  const file = placeOfStore(name);
  return journal.flatMap((entry) =>
    entry.file === file && entry.key === key && entry.since === null ? entry.sha256 : [],
  );
}

function isPlaceholder({ auths }: LoginConfig, key: string): boolean {
  return textOfEntry((auths[key] ?? {}) as object) === "";
}

function placedInStore(registration: Registration, name: string): Route {
  const placement: Placement = { storage: "store", store: { name, isDefault: false }, isNative: true };
  return { kind: "placed", registration, placement };
}

/** @returns a route that is `kept`: the entry is a person's configuration, and not a login */
function explainOtherHelper(helper: string, { host }: Registry, { env, stores }: NativeWorld): Route {
  const file = dockerConfigFile(env);
  const isMissing = stores(helper).isMissing();
  const finding = isMissing
    ? explain("other-helper-off-path", { helper, host, file, path: env.PATH ?? "" })
    : explain("docker-other-helper", { client: "docker", helper, host, file });
  return { kind: "kept", finding, isWrong: isMissing };
}

async function routeFromStore(
  { registry, user, password }: LoginRequest,
  config: LoginConfig,
  world: NativeWorld,
): Promise<Route> {
  const { env, platform, store, stores, replaces } = world;
  const destination = findDestination(config, registry, env, platform);
  if (destination.kind !== "store") throw new Error("routed by its configuration before");
  const { store: name, isDefault } = destination;
  const program = stores(name);
  const key = registry.keys[0] ?? registry.host;
  const found = await program.get(key);
  const registration = store.registrations.find(({ host, failure }) => host === registry.host && failure === undefined);
  if (found !== null && "finding" in found) {
    const recorded = recordedIn(store, name, key).length;
    const isInterrupted = recorded > (registration?.store === name ? 1 : 0);
    return isUnreadable(found) && isInterrupted
      ? { kind: "store", program, isDefault }
      : fallBack(found, { name, isDefault }, true, world);
  }
  if (found !== null) {
    const { sha256 } = storeValue(key, found);
    const isOurs = valuesIn(store.journal, placeOfStore(name)).get(key)?.has(sha256) === true;
    const isListed = Object.hasOwn(config.auths, key) && !isDefault;
    const isSettled = registry.keys.every((each) => recordedIn(store, name, each).length === 1);
    const isCurrent = isSettled && recordedIn(store, name, key).includes(sha256);
    if (isCurrent && isListed && registration?.store === name) return placedInStore(registration, name);
    const isSame = found.username === user && found.secret === password;
    if (!isOurs && !isSame && !replaces) {
      const finding = explain("login-by-hand", { user: found.username, key: registry.host, store: name });
      return { kind: "kept", finding, isWrong: false };
    }
  }
  return { kind: "store", program, isDefault };
}

interface FailedStore {
  readonly name: string;
  readonly isDefault: boolean;
}

/**
 * Where a login goes whose store fails: to our own helper, which an entry for the host puts before the store; or to the file,
 * where docker looks if the store fails, but not if it says that it has no login.
 * @param isUnanswered whether the store fails to answer for the host, too
 */
function fallBack(
  { finding }: Fault,
  { name, isDefault }: FailedStore,
  isUnanswered: boolean,
  { env }: NativeWorld,
): Route {
  if (explainHelperProgram(env, "docker") === null) {
    return { kind: "other", placement: { storage: "disk", keepsToken: true }, reason: finding };
  }
  const placement: Placement = { storage: "plaintext", isNative: true };
  // docker looks for its default store only where its file holds no login.
  if (isDefault) return { kind: "other", placement, reason: finding };
  if (!isUnanswered) return { kind: "kept", finding, isWrong: true };
  return { kind: "other", placement: { ...placement, fallback: name }, reason: finding };
}

/** A credential that a registry has accepted, or could not be asked about. */
export type Placeable = Pick<NewLogin, "request" | "credential">;

/**
 * Puts logins into the credential stores that they are routed to, each written down in the journal before, and reads each back.
 * @returns host -> its final route: `placed` in its store, or what a failing store leads to
 */
export async function placeInStores(
  logins: readonly Placeable[],
  routes: ReadonlyMap<string, Route>,
  world: NativeWorld,
): Promise<Map<string, Route>> {
  const placed = new Map(routes);
  const wanted = logins.flatMap((login) => {
    const route = routes.get(login.request.registry.host);
    return route?.kind === "store" ? [{ login, route }] : [];
  });
  if (wanted.length === 0) return placed;
  await world.store.record(
    wanted.flatMap(({ login: { request, credential }, route }) =>
      request.registry.keys.map((key) => {
        const { sha256 } = storeValue(key, credential);
        return { file: placeOfStore(route.program.name), key, sha256, since: null };
      }),
    ),
  );
  const place = async ({ login, route }: (typeof wanted)[number]): Promise<void> => {
    placed.set(login.request.registry.host, await placeInStore(login, route, world));
  };
  const [first, ...others] = wanted;
  if (first !== undefined) await place(first);
  await Promise.all(others.map(place));
  return placed;
}

async function placeInStore(
  { request: { registry }, credential }: Placeable,
  { program, isDefault }: Extract<Route, { kind: "store" }>,
  world: NativeWorld,
): Promise<Route> {
  let fault: Fault | null = null;
  for (const key of registry.keys) fault ??= await program.put(key, credential);
  const key = registry.keys[0] ?? registry.host;
  // Some report success and store nothing; some store it, and fail afterwards.
  const found = fault !== null && program.hangs() ? fault : await program.get(key);
  const isUnanswered = found !== null && "finding" in found;
  const isThere =
    found !== null && !isUnanswered && storeValue(key, found).sha256 === storeValue(key, credential).sha256;
  const placement: Placement = { storage: "store", store: { name: program.name, isDefault }, isNative: true };
  if (isThere) return { kind: "other", placement, reason: fault?.finding ?? null };
  const why = fault ?? (isUnanswered ? found : null) ?? forgets(program.name, key);
  return fallBack(why, { name: program.name, isDefault }, isUnanswered, world);
}

function forgets(store: string, key: string): Fault {
  return { finding: explain("store-forgets", { store, key }), isNotFound: false };
}
