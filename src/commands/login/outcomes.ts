import { npmTokenKey } from "../../clients/npm/npmrc.ts";
import type { Obstacle } from "../../clients/visibility.ts";
import { type Rejected, type Skipped, userOrIdentity } from "../../discovery/request.ts";
import { byIdentifier } from "../../discovery/secret-sets.ts";
import { explain, sentence } from "../../findings/finding.ts";
import { explainLostLogin } from "../../findings/lost-login.ts";
import { UserError } from "../../findings/user-error.ts";
import { verdictOf } from "../../handshake/verdict.ts";
import { printable } from "../../printable.ts";
import type { NpmReport } from "../../registration/npm.ts";
import type { ClientsReport } from "../../registration/update-clients.ts";
import { parseRegistry, type Registry } from "../../registries/registry.ts";
import type { Registration } from "../../store/state.ts";
import { describePlace } from "./describe-place.ts";
import { STILL_LOGGED_IN } from "./keep-saved.ts";
import type { Outcome } from "./outcome.ts";
import type { PlacedAttempt } from "./placements.ts";
import type { LoginReport } from "./report.ts";

/** How messages name docker's configuration file. */
const DOCKER_FILE = "docker's config.json";

/** The results of a login run. */
export interface LoginRun {
  readonly attempts: readonly PlacedAttempt[];
  readonly rejected: readonly Rejected[];
  readonly skipped: readonly Skipped[];
  /** Logins of earlier runs that stay, and those that were lost with a restart. */
  readonly retained: readonly Registration[];
  readonly lost: readonly Registration[];
  /** Logins of earlier runs that this run removed for lack of secrets. */
  readonly removed: readonly Registration[];
  readonly clients: ClientsReport;
  /** Host -> the clients that do not use its login. */
  readonly obstacles: ReadonlyMap<string, readonly Obstacle[]>;
}

/** Turns a login run into its report. */
export function reportLogin(run: LoginRun): LoginReport {
  const outcomes = [
    ...run.attempts.map((attempt) => outcomeOfAttempt(attempt, run)),
    ...run.rejected.map(outcomeOfRejected),
    ...run.retained.map((login) => outcomeOfRetained(login, run)),
    ...run.lost.map(outcomeOfLost),
  ].map((outcome) => withObstacles(outcome, run.obstacles.get(outcome.host ?? "") ?? []));
  return {
    outcomes: outcomes.sort(byIdentifier),
    skipped: run.skipped,
    notes: notesOf(run),
  };
}

function outcomeOfAttempt(attempt: PlacedAttempt, { clients }: LoginRun): Outcome {
  const { request, credential, verdict, placement } = attempt;
  const { identifier, registry, user } = request;
  const outcome = {
    identifier,
    host: registry.host,
    kind: registry.kind,
    expiresAt: credential?.expiresAt ?? null,
    ...verdict,
  };
  if (credential === null || placement === null) return outcome;
  if (clients instanceof UserError) {
    return { ...outcome, ...verdictOf("failed", clients) };
  }
  if (registry.kind === "npm") return npmOutcome(outcome, registry, user, clients.npm);
  return {
    ...outcome,
    detail: describeKept(
      verdict,
      `as ${printable(userOrIdentity(request))}, ${describePlace(attempt, credential, placement, clients.docker.podmanFile)}`,
    ),
  };
}

/** Adds which clients do not use the login, after what else is wrong with it. */
function withObstacles(outcome: Outcome, obstacles: readonly Obstacle[]): Outcome {
  const [first] = obstacles;
  if (first === undefined || !(outcome.outcome in USABLE)) return outcome;
  // docker and podman often have the same reason.
  const reasons = new Map(obstacles.map(({ finding }) => [finding.hint, sentence(finding)]));
  const hint = [outcome.hint, ...reasons.values()].filter((each) => each !== "").join("; ");
  return { ...outcome, code: outcome.code ?? first.finding.code, hint, obstacles };
}

/** The outcomes after which something is registered. */
const USABLE = { verified: true, unreachable: true, unchanged: true };

function npmOutcome(
  outcome: Outcome,
  { host }: Registry,
  user: string | null,
  { otherSettings, plainSettings, unusedSettings }: NpmReport,
): Outcome {
  const key = npmTokenKey(host);
  const kept = plainSettings.has(key) ? "its token is in plain text in .npmrc" : ".npmrc refers to the variable";
  const detail = describeKept(outcome, `as ${printable(user ?? "")}, for npm, ${kept}`);
  if (otherSettings.size === 0) {
    // Nothing is wrong with the login, and the project may not need a package from there.
    const hint = outcome.hint === "" && unusedSettings.has(key) ? explain("npm-no-scope", { host }).hint : outcome.hint;
    return { ...outcome, detail, hint };
  }
  const finding = explain("npm-other-setting", { file: ".npmrc", setting: [...otherSettings].join(", ") });
  return withObstacles({ ...outcome, detail }, [{ client: "npm", finding, key: host, user: null, helper: null }]);
}

function describeKept({ outcome, code, detail }: Pick<Outcome, "outcome" | "code" | "detail">, kept: string): string {
  if (outcome === "unreachable" && code !== null) return `could not check (${detail}); login saved anyway, ${kept}`;
  return detail === "" ? kept : `${kept} (${detail})`;
}

function outcomeOfRejected({ identifier, host, kind, code, reason, hint }: Rejected): Outcome {
  return { identifier, host, kind, outcome: "refused", code, detail: reason, hint, expiresAt: null };
}

function outcomeOfRetained({ identifier, host, failure }: Registration, { clients }: LoginRun): Outcome {
  const login = { identifier, host, kind: parseRegistry(host).kind, expiresAt: null };
  if (clients instanceof UserError) return { ...login, ...verdictOf("failed", clients) };
  if (failure !== undefined) return { ...login, ...verdictOf(failure.outcome, failure) };
  return { ...login, outcome: "unchanged", code: null, detail: STILL_LOGGED_IN, hint: "" };
}

/** Only starts of a container report logins that are not among their own. */
function outcomeOfLost(login: Registration): Outcome {
  const { identifier, host } = login;
  const kind = parseRegistry(host).kind;
  return { identifier, host, kind, ...verdictOf("failed", explainLostLogin(login, false)), expiresAt: null };
}

function notesOf({ attempts, removed, clients }: LoginRun): string[] {
  // The outcomes of accepted logins already report this error; those of rejected ones report only the rejection.
  if (clients instanceof UserError) {
    return attempts.some(({ credential }) => credential !== null) ? [] : [sentence(clients)];
  }
  const { authFileProblem: problem, credsStore } = clients.docker;
  const problems = [
    ...removed.map(({ identifier, host }) => sentence(explain("login-removed", { identifier, host }))),
    ...(problem === null
      ? []
      : [sentence(explain("auth-file-failed", { cause: problem.message, advice: problem.hint }))]),
  ];
  const isHidden = attempts.some(({ placement }) => placement?.storage === "plaintext" && placement.isNative !== true);
  if (!isHidden || credsStore === null) return problems;
  return [...problems, sentence(explain("docker-creds-store", { store: credsStore, file: DOCKER_FILE }))];
}
