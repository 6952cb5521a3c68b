import { dockerConfigFile } from "../clients/docker/edit-config.ts";
import { explainServiceAccount } from "../clients/native/service-account.ts";
import { type Explanation, explain } from "../findings/finding.ts";
import { revisionOfFile } from "../platform/own-file.ts";
import { holds, placeOfStore } from "../store/journal.ts";
import { type NewLogin, type Placement, storeValue } from "./record.ts";
import { findLoginByHand, type NativeWorld, type Route, readConfig, routeAroundStore, savedFor } from "./route.ts";

/** A credential that a registry has accepted, or could not be asked about. */
export type Placeable = Pick<NewLogin, "request" | "credential">;

type StoreRoute = Extract<Route, { kind: "store" }>;

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
  // What earlier runs wrote, before this one's credentials are in the journal.
  const { journal } = world.store;
  await world.store.record(
    wanted.flatMap(({ login: { request, credential }, route }) =>
      request.registry.keys.map((key) => {
        const { sha256 } = storeValue(key, credential);
        return { file: placeOfStore(route.program.name), key, sha256, since: null };
      }),
    ),
  );
  const place = async ({ login, route }: (typeof wanted)[number]): Promise<void> => {
    const isOurs = (key: string, sha256: string): boolean =>
      holds(journal, { file: placeOfStore(route.program.name), key, sha256 });
    placed.set(login.request.registry.host, await placeInStore(login, route, isOurs, world));
  };
  const [first, ...others] = wanted;
  if (first !== undefined) await place(first);
  await Promise.all(others.map(place));
  return placed;
}

async function placeInStore(
  { request, credential }: Placeable,
  route: StoreRoute,
  isOurs: (key: string, sha256: string) => boolean,
  world: NativeWorld,
): Promise<Route> {
  const { registry } = request;
  const { program, isDefault } = route;
  const { key } = registry;
  const wanted = storeValue(key, credential).sha256;
  // docker does not touch its file where a person logs in as somebody else to a store that it lists already.
  const byHand = route.isAsked || world.replaces ? null : await findLoginByHand(program, request, isKnown);
  if (byHand !== null) return byHand;
  const seenIn = revisionOfFile(dockerConfigFile(world.env));
  let fault: Explanation | null = null;
  for (const each of registry.keys) fault ??= await program.put(each, credential);
  // Some report success and store nothing; some store it, and fail afterwards.
  const found = fault !== null && program.hangs() ? fault : await program.get(key);
  const isUnanswered = found !== null && "code" in found;
  const sha256 = found === null || isUnanswered ? null : storeValue(key, found).sha256;
  if (sha256 === wanted) {
    const store = { name: program.name, isDefault, ...(seenIn === undefined ? {} : { seenIn }) };
    // Of two runs that store the same login at once, one may be told that it exists.
    const isHarmless = fault?.code === "keychain-duplicate";
    const reason = isHarmless ? null : (fault ?? explainServiceAccount(program.name, world));
    return { kind: "other", placement: { storage: "store", store, isNative: true } satisfies Placement, reason };
  }
  const finding = fault ?? (isUnanswered ? found : null) ?? explain("store-forgets", { store: program.name, key });
  const failed = { program, isDefault, isUnanswered };
  const elsewhere = routeAroundStore(request, failed, finding, readConfig(world), world);
  if (elsewhere.kind !== "kept" || !elsewhere.isWrong) return elsewhere;
  // The store answers, so that docker does not look into the file; what an earlier run stored is better than nothing.
  const saved = sha256 !== null && isOurs(key, sha256) ? savedFor(registry, world) : undefined;
  return { kind: "kept", finding, isWrong: true, saved };

  function isKnown(each: string, other: string): boolean {
    return other === storeValue(each, credential).sha256 || isOurs(each, other);
  }
}
