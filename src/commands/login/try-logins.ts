import type { LoginRequest } from "../../discovery/request.ts";
import type { ClientsWorld } from "../../registration/clients-world.ts";
import { withoutTrying } from "./attempt.ts";
import { attemptAll, type Run } from "./attempts.ts";
import { type PlacedAttempt, preparePlacements } from "./placements.ts";
import { whyUnusable } from "./use-by-clients.ts";

/** What the registries say, and how to go on. */
export interface Tried {
  /** Whether logins go into credential stores, or are there. */
  readonly usesStores: boolean;
  /** Puts the accepted logins where they go. */
  place(): Promise<Placed>;
}

/** What a run came to for each of its requests, before clients' files are edited. */
export interface Placed {
  readonly attempts: readonly PlacedAttempt[];
  /** Those among them that were not decided beforehand. */
  readonly asked: readonly PlacedAttempt[];
  /** Whether something is to be tried again as soon as possible, even if its secrets do not change. */
  readonly isPending: boolean;
  /** Hosts for which clients use a login of somebody else, which stays. */
  readonly foreignHosts: ReadonlySet<string>;
}

/** Tries all logins at the same time. */
export async function tryLogins(
  requests: readonly LoginRequest[],
  clients: ClientsWorld,
  replaces: boolean,
  run: Omit<Run, "expected" | "stores">,
): Promise<Tried> {
  const { context, options, store, onlyChanged } = run;
  const placements = await preparePlacements(requests, options.storage, {
    ...clients,
    store,
    replaces,
    onlyChanged,
    verifies: options.verify,
    now: Math.floor(context.now() / 1000),
  });
  const decided = requests.flatMap((request) => {
    const finding = whyUnusable(context.env, request, options.storage, clients.isHost);
    return finding === null ? (placements.decided(request) ?? []) : withoutTrying(request, finding);
  });
  const possible = requests.filter((request) => !decided.some((each) => each.request === request));
  const tried = await attemptAll(possible, { ...run, stores: clients.stores, expected: placements.expected });
  // A new secret that could not be checked is tried again at the next pull.
  const isUnchecked = tried.some(({ kept, verdict }) => kept !== null && verdict.code === "new-login-unchecked");
  const place = async (): Promise<Placed> => {
    const attempts = await placements.place([...tried, ...decided]);
    return {
      attempts,
      asked: attempts.filter(({ request }) => possible.includes(request)),
      foreignHosts: new Set(attempts.flatMap(({ request, isForeign }) => (isForeign ? request.registry.host : []))),
      isPending: isUnchecked || decided.some(({ kept }) => kept === null),
    };
  };
  return { place, usesStores: placements.usesStores || store.usesCredentialStores };
}
