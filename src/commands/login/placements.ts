import type { LoginConfig } from "../../clients/docker/config.ts";
import type { Options } from "../../discovery/options.ts";
import type { LoginRequest } from "../../discovery/request.ts";
import { type Explanation, explain, sentence } from "../../findings/finding.ts";
import { verdictOf } from "../../handshake/verdict.ts";
import { findLoginsByHand, routeLogins } from "../../registration/native.ts";
import { isWritten, type Placement, placementOf, secretsOf } from "../../registration/record.ts";
import { type NativeWorld, type Route, readConfig, routeToFile } from "../../registration/route.ts";
import { placeInStores } from "../../registration/store-placement.ts";
import { type Attempt, settle } from "./attempt.ts";

/** An attempt with the place of its login; null where nothing is saved. */
export interface PlacedAttempt extends Attempt {
  readonly placement: Placement | null;
  /** Whether clients use a login of somebody else, which stays. */
  readonly isForeign: boolean;
}

/** Where the logins of a run go: for every storage except `native` that follows from the option alone. */
export interface Placements {
  /** Whether a login may go into a credential store. */
  readonly usesStores: boolean;
  /** What is decided without a credential: a login of somebody else's stays, a token is still good, a rejected secret is not sent again. */
  decided(request: LoginRequest): Attempt | null;
  /** Where an earlier run may have put the login of a request; null where it did not. */
  expected(request: LoginRequest): Placement | null;
  /** Puts the logins of attempts where they go, as far as that is not a client's file or a vault. */
  place(attempts: readonly Attempt[]): Promise<PlacedAttempt[]>;
}

/** What the storage `native` needs to know of the run. */
export interface NativeRun extends NativeWorld {
  /** Whether registries are asked about credentials. */
  readonly verifies: boolean;
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
    const usesHelper = storage === "memory" || storage === "disk";
    const kept = run.isHost && usesHelper ? await findLoginsByHand(requests, run) : new Map<string, Route>();
    const config = run.isHost && storage === "plaintext" ? readConfig(run) : null;
    return {
      usesStores: false,
      decided: (request) =>
        decideByRoute(request, kept.get(request.registry.host), run) ??
        decideInFile(request, config, run) ??
        rejectedBefore(request, run),
      expected: (request) => placementOf(request, storage, run.isHost),
      place: async (attempts) =>
        attempts.map((attempt) => {
          const route = kept.get(attempt.request.registry.host);
          if (route !== undefined) return withPlace(attempt, route);
          const placement = attempt.credential === null ? null : placementOf(attempt.request, storage, run.isHost);
          return { ...attempt, placement, isForeign: false };
        }),
    };
  }
  const routes = await routeLogins(requests, run);
  return {
    usesStores: [...routes.values()].some(({ kind }) => kind === "store"),
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
  if ((run.verifies && !verified) || secrets !== secretsOf(request) || run.now >= renewAt) return null;
  const time = new Date(renewAt * 1000).toISOString();
  const detail = `its token is replaced by the first run after ${time}`;
  return settle(request, { outcome: "unchanged", code: null, detail, hint: "" }, registration);
}

/** A token that is in docker's file by the option is good for as long as one that is there as docker's own choice. */
function decideInFile(request: LoginRequest, config: LoginConfig | null, run: NativeRun): Attempt | null {
  if (config === null || request.exchange === null) return null;
  const route = routeToFile(request, config, run);
  return route.kind === "placed" ? decideByRoute(request, route, run) : null;
}

/** A registry locks an account after several rejected logins, and a hook runs at each start. */
function rejectedBefore(request: LoginRequest, { store, onlyChanged, isHost }: NativeRun): Attempt | null {
  if (!onlyChanged || !isHost) return null;
  const { identifier, registry } = request;
  const { host } = registry;
  const registration = store.registrations.find((each) => each.host === host);
  if (registration === undefined) return null;
  const { failure, rejected, secrets } = registration;
  const sent = secretsOf(request);
  if (failure?.outcome === "refused" && secrets === sent) {
    const { message: cause, hint } = failure;
    const finding = explain("rejected-before", { host, identifier, cause, hint });
    return settle(request, verdictOf("refused", finding), registration);
  }
  if (rejected?.secrets !== sent) return null;
  const { message: cause, hint } = rejected;
  return settle(request, unchanged(explain("rejected-before", { host, identifier, cause, hint })), registration);
}

function unchanged({ code, message, hint }: Explanation): Attempt["verdict"] {
  // Clients use what the secrets say.
  if (code === "same-login-by-hand") return { outcome: "unchanged", code: null, detail: message, hint: "" };
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
    const { placement, reason } = route;
    const { store } = placement;
    current.set(
      host,
      store === undefined
        ? { kind: "other", placement, reason }
        : { kind: "store", program: run.stores(store.name), isDefault: false, isAsked: false },
    );
  }
  const placed = await placeInStores(logins, current, run);
  return attempts.map((attempt) => withPlace(attempt, placed.get(attempt.request.registry.host)));
}

function withPlace(attempt: Attempt, route: Route | undefined): PlacedAttempt {
  if (route?.kind === "kept") {
    const { finding, isWrong, saved = null } = route;
    // One that was decided, or rejected, has its own verdict.
    const isPlaceable = attempt.credential !== null;
    const verdict = isPlaceable ? (isWrong ? verdictOf("failed", finding) : unchanged(finding)) : attempt.verdict;
    const kept = attempt.kept ?? saved;
    const nothing = { credential: null, verified: false, verifiedAt: null, placement: null };
    return { ...attempt, ...nothing, verdict, kept, isForeign: !isWrong };
  }
  if (route === undefined || route.kind === "store") return { ...attempt, placement: null, isForeign: false };
  const placement = attempt.credential === null ? null : route.placement;
  const isLoggedIn = placement !== null || (route.kind === "placed" && attempt.kept !== null);
  if (route.reason === null || !isLoggedIn) return { ...attempt, placement, isForeign: false };
  const { verdict } = attempt;
  const hint = [verdict.hint, sentence(route.reason)].filter((text) => text !== "").join("; ");
  const code = verdict.code ?? route.reason.code;
  return { ...attempt, verdict: { ...verdict, code, hint }, placement, isForeign: false };
}
