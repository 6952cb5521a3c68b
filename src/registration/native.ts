import { isOwnValue } from "../clients/docker/auths.ts";
import type { LoginConfig } from "../clients/docker/config.ts";
import { dockerConfigFile } from "../clients/docker/edit-config.ts";
import { type Destination, findDestination } from "../clients/native/destination.ts";
import { isUnreadable } from "../clients/native/fault.ts";
import type { LoginRequest } from "../discovery/request.ts";
import { type Explanation, explain } from "../findings/finding.ts";
import { revisionOfFile } from "../platform/own-file.ts";
import type { Registry } from "../registries/registry.ts";
import { entriesIn, holds, placeOfStore, storeOfEntry } from "../store/journal.ts";
import type { Registration } from "../store/state.ts";
import type { Store } from "../store/store.ts";
import { storeValue } from "./record.ts";
import {
  findLoginByHand,
  keepSame,
  type NativeWorld,
  type Route,
  readConfig,
  routeAroundStore,
  routeToFile,
  savedFor,
} from "./route.ts";

/** docker's configuration, as it was when a run began. */
interface Seen {
  readonly config: LoginConfig;
  readonly revision: string | undefined;
}

/**
 * Decides for each request where its login goes, as `docker login` would: a helper that somebody configured for the host is
 * left alone; else the credential store; else docker's own file. The first store that is needed is asked once before all
 * others: one that hangs, or opens a dialog, does so once.
 * @returns host -> route
 */
export async function routeLogins(requests: readonly LoginRequest[], world: NativeWorld): Promise<Map<string, Route>> {
  // Before the content: a file that changes in between is asked about once more.
  const revision = revisionOfFile(dockerConfigFile(world.env));
  const seen = { config: readConfig(world), revision };
  const routes = new Map<string, Route>();
  const asked: (() => Promise<void>)[] = [];
  for (const request of requests) {
    const { host, kind } = request.registry;
    if (kind === "npm") {
      routes.set(host, { kind: "other", placement: { storage: "npmrc" }, reason: null });
      continue;
    }
    const known = routeFromConfig(request, seen, world);
    if ("kind" in known) routes.set(host, known);
    else if ("helper" in known)
      asked.push(async () => void routes.set(host, await explainOtherHelper(known.helper, request.registry, world)));
    else asked.push(async () => void routes.set(host, await routeFromStore(request, known.destination, seen, world)));
  }
  const [first, ...others] = asked;
  await first?.();
  await Promise.all(others.map((ask) => ask()));
  return routes;
}

/**
 * Finds the logins that persons have put into credential stores, where the logins of a run go to our own helper: its entry
 * in docker's file would override the store without a word. For a host that has such an entry already, no store is queried.
 * @returns host -> the route of a login that stays
 */
export async function findLoginsByHand(
  requests: readonly LoginRequest[],
  world: NativeWorld,
): Promise<Map<string, Route>> {
  const { env, platform, store, stores, replaces } = world;
  const config = readConfig(world);
  const found = new Map<string, Route>();
  for (const request of replaces ? [] : requests) {
    const { registry } = request;
    const destination = registry.kind === "npm" ? null : findDestination(config, registry, env, platform);
    if (destination?.kind !== "store") continue;
    const program = stores(destination.store);
    const isOurs = (key: string, sha256: string): boolean => isRecorded(store, key, sha256);
    const route = await findLoginByHand(program, request, isOurs);
    if (route !== null) found.set(registry.host, route);
  }
  return found;
}

type StoreDestination = Extract<Destination, { kind: "store" }>;

/** The route, or the helper or store that has to be asked first. */
function routeFromConfig(
  request: LoginRequest,
  { config, revision }: Seen,
  world: NativeWorld,
): Route | { readonly helper: string } | { readonly destination: StoreDestination } {
  const { registry } = request;
  const registration = savedFor(registry, world);
  const destination = destinationOf(registry, registration, config, world);
  switch (destination.kind) {
    case "other-helper":
      return { helper: destination.helper };
    case "own-helper": {
      const isServed = registration !== undefined && world.store.credentialOf(registration) !== null;
      return isServed
        ? { kind: "placed", registration, placement: { storage: registration.storage, keepsToken: true }, reason: null }
        : { kind: "other", placement: { storage: "disk", keepsToken: true }, reason: null };
    }
    case "file":
      return routeToFile(request, config, world);
    case "store": {
      const isThere =
        world.onlyChanged &&
        registration?.store === destination.store &&
        !world.stores(destination.store).isMissing() &&
        !destination.isDefault &&
        Object.hasOwn(config.auths, registry.key) &&
        registry.keys.every((key) => recordedIn(world.store, destination.store, key).length === 1) &&
        revision !== undefined &&
        registration.configRevision === revision;
      return isThere ? placedInStore(registration, destination.store, revision) : { destination };
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

/** Has a run put this into any store? Two programs may lead to the same one, as Docker Desktop's and the system's do. */
function isRecorded({ journal }: Store, key: string, sha256: string): boolean {
  return holds(
    journal.filter((entry) => storeOfEntry(entry) !== null),
    { key, sha256 },
  );
}

/** A login that is in the file because docker's default store failed does not hide that store from us. */
function destinationOf(
  registry: Registry,
  registration: Registration | undefined,
  config: LoginConfig,
  { env, platform, store }: NativeWorld,
): Destination {
  const destination = findDestination(config, registry, env, platform);
  if (destination.kind !== "file" || registration?.fallback === undefined) return destination;
  const ours = { former: entriesIn(store.journal, dockerConfigFile(env)) };
  const others = Object.entries(config.auths).filter(([key]) => !isOwnValue(config.auths, key, ours));
  const original = findDestination({ ...config, auths: Object.fromEntries(others) }, registry, env, platform);
  return original.kind === "store" && original.store === registration.fallback ? original : destination;
}

function placedInStore(registration: Registration, name: string, seenIn: string | undefined): Route {
  const store = { name, isDefault: false, ...(seenIn === undefined ? {} : { seenIn }) };
  return { kind: "placed", registration, placement: { storage: "store", store, isNative: true }, reason: null };
}

/** @returns a route that is `kept`: the entry is a person's configuration, also where it leads to no login */
async function explainOtherHelper(
  helper: string,
  { host, keys }: Registry,
  { env, stores }: NativeWorld,
): Promise<Route> {
  const file = dockerConfigFile(env);
  const wrong = (finding: Explanation): Route => ({ kind: "kept", finding, isWrong: true });
  const program = stores(helper);
  if (program.isMissing()) return wrong(explain("other-helper-off-path", { helper, host, file, path: env.PATH ?? "" }));
  const found = await program.get(keys[0] ?? host);
  if (found === null) return wrong(explain("other-helper-empty", { helper, host, file }));
  if ("code" in found) return wrong(found);
  const finding = explain("docker-other-helper", { client: "docker", helper, host, file });
  return { kind: "kept", finding, isWrong: false };
}

async function routeFromStore(
  request: LoginRequest,
  { store: name, isDefault }: StoreDestination,
  { config, revision }: Seen,
  world: NativeWorld,
): Promise<Route> {
  const { registry, user, password } = request;
  const { store, stores, replaces } = world;
  const program = stores(name);
  const { key } = registry;
  const found = await program.get(key);
  const registration = savedFor(registry, world);
  if (found !== null && "code" in found) {
    const isInterrupted = recordedIn(store, name, key).length > (registration?.store === name ? 1 : 0);
    return isUnreadable(found) && isInterrupted
      ? { kind: "store", program, isDefault, isAsked: true }
      : routeAroundStore(request, { program, isDefault, isUnanswered: true }, found, config, world);
  }
  if (found !== null) {
    const { sha256 } = storeValue(key, found);
    const isOurs = isRecorded(store, key, sha256);
    const isListed = Object.hasOwn(config.auths, key) && !isDefault;
    const isSettled = registry.keys.every((each) => recordedIn(store, name, each).length === 1);
    const isCurrent = isSettled && recordedIn(store, name, key).includes(sha256);
    if (isCurrent && isListed && registration?.store === name) return placedInStore(registration, name, revision);
    // What was there before is not removed by a logout, so that it must not become ours.
    if (!isOurs && found.username === user && found.secret === password) return keepSame(user, registry.host);
  }
  if (!replaces) {
    const byHand = await findLoginByHand(program, request, (each, sha256) => isRecorded(store, each, sha256));
    if (byHand !== null) return byHand;
  }
  return { kind: "store", program, isDefault, isAsked: true };
}
