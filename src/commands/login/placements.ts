import type { Options } from "../../discovery/options.ts";
import type { LoginRequest } from "../../discovery/request.ts";
import { type Explanation, explain } from "../../findings/finding.ts";
import { verdictOf } from "../../handshake/verdict.ts";
import { type NativeWorld, placeInStores, type Route, routeLogins } from "../../registration/native.ts";
import { isWritten, type Placement, placementOf, secretsOf } from "../../registration/record.ts";
import { type Attempt, settle } from "./attempt.ts";

/** An attempt with the place of its login; null where nothing is saved. */
export interface PlacedAttempt extends Attempt {
  readonly placement: Placement | null;
}

/** Where the logins of a run go: for every storage except `native` that follows from the option alone. */
export interface Placements {
  /** What is decided without a credential: a login of somebody else's stays, a token is still good, a rejected secret is not sent again. */
  decided(request: LoginRequest): Attempt | null;
  /** Where an earlier run may have put the login of a request; null where it did not. */
  expected(request: LoginRequest): Placement | null;
  /** Puts the logins of attempts where they go, as far as that is not a client's file or a vault. */
  place(attempts: readonly Attempt[]): Promise<PlacedAttempt[]>;
}

/** What the storage `native` needs to know of the run. */
export interface NativeRun extends NativeWorld {
  readonly onlyChanged: boolean;
  /** Whether the run is outside of containers, where it starts whenever one is opened. */
  readonly isHost: boolean;
  /** Epoch seconds. */
  readonly now: number;
}

/** Prepares the places of a run's logins; with the storage `native`, that may ask credential stores. */
export async function preparePlacements(
  requests: readonly LoginRequest[],
  storage: Options["storage"],
  run: NativeRun,
): Promise<Placements> {
  if (storage !== "native") {
    return {
      decided: (request) => rejectedBefore(request, run),
      expected: (request) => placementOf(request, storage, run.isHost),
      place: async (attempts) =>
        attempts.map((attempt) => ({
          ...attempt,
          placement: attempt.credential === null ? null : placementOf(attempt.request, storage, run.isHost),
        })),
    };
  }
  const routes = await routeLogins(requests, run);
  return {
    decided: (request) =>
      decideByRoute(request, routes.get(request.registry.host), run) ?? rejectedBefore(request, run),
    expected: ({ registry }) => {
      const route = routes.get(registry.host);
      return route?.kind === "placed" ? route.placement : null;
    },
    place: async (attempts) => await placeNatively(attempts, routes, run),
  };
}

function decideByRoute(request: LoginRequest, route: Route | undefined, run: NativeRun): Attempt | null {
  if (route?.kind === "kept") {
    const { finding, isWrong } = route;
    return settle(request, isWrong ? verdictOf("failed", finding) : unchanged(finding));
  }
  if (route?.kind !== "placed" || request.exchange === null || !run.onlyChanged) return null;
  const { registration } = route;
  const { secrets, renewAt = 0, verified } = registration;
  if (!verified || secrets !== secretsOf(request) || run.now >= renewAt) return null;
  const time = new Date(renewAt * 1000).toISOString();
  const detail = `its token is replaced by the first start after ${time}`;
  return settle(request, { outcome: "unchanged", code: null, detail, hint: "" }, registration);
}

/** A registry locks an account after several rejected logins, and a hook runs at each start. */
function rejectedBefore(request: LoginRequest, { store, onlyChanged, isHost }: NativeRun): Attempt | null {
  if (!onlyChanged || !isHost) return null;
  const registration = store.registrations.find(({ host }) => host === request.registry.host);
  const failure = registration?.failure;
  if (failure?.outcome !== "refused" || registration?.secrets !== secretsOf(request)) return null;
  const { identifier, registry } = request;
  const finding = explain("rejected-before", {
    host: registry.host,
    identifier,
    cause: failure.message,
    hint: failure.hint,
  });
  return settle(request, verdictOf("refused", finding), registration);
}

function unchanged({ code, message, hint }: Explanation): Attempt["verdict"] {
  return { outcome: "unchanged", code, detail: message, hint };
}

async function placeNatively(
  attempts: readonly Attempt[],
  routes: ReadonlyMap<string, Route>,
  run: NativeRun,
): Promise<PlacedAttempt[]> {
  const logins = attempts.flatMap(({ request, credential }) => (credential === null ? [] : [{ request, credential }]));
  const current = new Map(routes);
  for (const login of logins) {
    const { host } = login.request.registry;
    const route = routes.get(host);
    // The secrets have changed since.
    if (route?.kind !== "placed" || isWritten({ ...login, placement: route.placement }, run.store.journal, run.env))
      continue;
    const { store } = route.placement;
    current.set(
      host,
      store === undefined
        ? { kind: "other", placement: route.placement, reason: null }
        : { kind: "store", program: run.stores(store.name), isDefault: false },
    );
  }
  const placed = await placeInStores(logins, current, run);
  return attempts.map((attempt) => withPlace(attempt, placed.get(attempt.request.registry.host)));
}

function withPlace(attempt: Attempt, route: Route | undefined): PlacedAttempt {
  if (attempt.credential === null || route === undefined || route.kind === "store")
    return { ...attempt, placement: null };
  if (route.kind === "kept") {
    return {
      ...attempt,
      credential: null,
      verified: false,
      verifiedAt: null,
      verdict: verdictOf("failed", route.finding),
      placement: null,
    };
  }
  const reason = route.kind === "other" ? route.reason : null;
  const { verdict } = attempt;
  const hint =
    reason === null
      ? verdict.hint
      : [verdict.hint, `${reason.message}; ${reason.hint}`].filter((text) => text !== "").join("; ");
  return {
    ...attempt,
    verdict: { ...verdict, code: verdict.code ?? reason?.code ?? null, hint },
    placement: route.placement,
  };
}
