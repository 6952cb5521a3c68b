import type { Storage } from "../../discovery/options.ts";
import type { LoginRequest, Rejected, Skipped } from "../../discovery/request.ts";
import { byIdentifier } from "../../discovery/secret-sets.ts";
import type { Credential } from "../../exchange/credential.ts";
import { explain } from "../../findings/finding.ts";
import { UserError } from "../../findings/user-error.ts";
import { verdictOf } from "../../handshake/verdict.ts";
import type { DockerReport } from "../../registration/docker.ts";
import type { NpmReport } from "../../registration/npm.ts";
import type { ClientsReport } from "../../registration/register.ts";
import { parseRegistry, type Registry } from "../../registries/registry.ts";
import type { Registration } from "../../store/state-file.ts";
import type { Attempt } from "./attempt.ts";
import type { Outcome } from "./outcome.ts";
import type { LoginReport } from "./report.ts";

/** All that a login run knows at its end. */
export interface LoginRun {
  readonly attempts: readonly Attempt[];
  readonly rejected: readonly Rejected[];
  readonly skipped: readonly Skipped[];
  /** Logins of earlier runs that stay, and those that were lost with a restart. */
  readonly retained: readonly Registration[];
  readonly lost: readonly Registration[];
  readonly clients: ClientsReport;
  readonly storage: Storage;
}

/** Turns a login run into what is told of it. Texts that may quote something from outside go through `redact`. */
export function reportLogin(run: LoginRun, redact: (text: string) => string): LoginReport {
  const outcomes = [
    ...run.attempts.map((attempt) => outcomeOfAttempt(attempt, run)),
    ...run.rejected.map(outcomeOfRejected),
    ...run.retained.map((login) => outcomeOfRetained(login, run)),
    ...run.lost.map(outcomeOfLost),
  ];
  return {
    outcomes: outcomes
      .map((each) => ({ ...each, detail: redact(each.detail), hint: redact(each.hint) }))
      .sort(byIdentifier),
    skipped: run.skipped,
    notes: notesOf(run),
  };
}

function outcomeOfAttempt({ request, credential, verdict }: Attempt, { clients, storage }: LoginRun): Outcome {
  const { identifier, registry, user } = request;
  const outcome = {
    identifier,
    host: registry.host,
    kind: registry.kind,
    expiresAt: credential?.expiresAt ?? null,
    ...verdict,
  };
  if (credential === null) return outcome;
  if (clients instanceof UserError) {
    return { ...outcome, ...verdictOf("failed", clients) };
  }
  if (registry.kind === "npm") return npmOutcome(outcome, user, clients.npm);
  return {
    ...outcome,
    detail: describeKept(
      verdict,
      `as ${user ?? "the machine's own AWS identity"}, ${describePlace(request, credential, storage, verdict.detail)}`,
    ),
    ...noteOfOthers(registry, clients.docker),
  };
}

/** Where clients still take another login than ours, since somebody else's entry comes first and stays. */
function noteOfOthers(
  { keys, host }: Registry,
  { otherLogins, otherHelpers }: DockerReport,
): Pick<Outcome, "code" | "hint"> | undefined {
  if (keys.some((key) => otherLogins.has(key))) {
    const hint = `clients still use the login that docker's config.json holds for it: docker logout ${host}, then run registry-login`;
    return { code: "docker-other-login", hint };
  }
  const helper = keys.map((key) => otherHelpers.get(key)).find((each) => each !== undefined);
  if (helper === undefined) return undefined;
  const hint = `clients still ask docker-credential-${helper}, as docker's config.json says: remove that entry to use this login`;
  return { code: "docker-other-helper", hint };
}

function npmOutcome(outcome: Outcome, user: string | null, { otherSettings }: NpmReport): Outcome {
  const detail = describeKept(outcome, `as ${user}, for npm, in .npmrc`);
  if (otherSettings.size === 0) return { ...outcome, detail };
  const hint = `.npmrc holds another ${[...otherSettings].join(", ")}: remove that line to use this login`;
  return { ...outcome, code: "npm-other-setting", detail, hint };
}

function describePlace(
  { source, exchange }: LoginRequest,
  { expiresAt }: Credential,
  storage: Storage,
  said: string,
): string {
  // Nobody may have asked this time; a token of a codespace or workflow pulls only, unless it is known to do more.
  if (source === "github-token") return `GITHUB_TOKEN read at each pull${/\bpull\b/.test(said) ? "" : ", pull only"}`;
  const end = expiresAt === null ? "" : ` until ${new Date(expiresAt * 1000).toISOString()}`;
  if (exchange === null) return KEPT[storage] + end;
  return `${KEPT[storage]}, ${storage === "plaintext" ? `good${end} and not renewed there: use storage memory or disk` : "renewed by itself"}`;
}

function describeKept({ outcome, detail }: Pick<Outcome, "outcome" | "detail">, kept: string): string {
  if (outcome === "unreachable") return `${detail}; registered all the same, ${kept}`;
  return detail === "" ? kept : `${kept} (${detail})`;
}

const KEPT: Readonly<Record<Storage, string>> = {
  memory: "kept in memory",
  disk: "kept on disk",
  plaintext: "kept in docker's config.json",
};

function outcomeOfRejected({ identifier, host, kind, code, reason, hint }: Rejected): Outcome {
  return { identifier, host, kind, outcome: "refused", code, detail: reason, hint, expiresAt: null };
}

function outcomeOfRetained({ identifier, host, failure }: Registration, { clients }: LoginRun): Outcome {
  const login = { identifier, host, kind: parseRegistry(host).kind, expiresAt: null };
  if (clients instanceof UserError) return { ...login, ...verdictOf("failed", clients) };
  if (failure !== undefined) return { ...login, ...verdictOf(failure.outcome, failure) };
  const detail = "as an earlier login left it; its secrets are not in this environment";
  return { ...login, outcome: "unchanged", code: null, detail, hint: "" };
}

function outcomeOfLost({ identifier, host, storage }: Registration): Outcome {
  return {
    identifier,
    host,
    kind: parseRegistry(host).kind,
    ...verdictOf("failed", explain("vault-gone", { identifier, storage })),
    expiresAt: null,
  };
}

function notesOf({ attempts, clients, storage }: LoginRun): string[] {
  // What the outcomes of kept logins say already needs no note; a refused one says only why it was refused.
  if (clients instanceof UserError) {
    return attempts.some(({ credential }) => credential !== null) ? [] : [`${clients.message}: ${clients.hint}`];
  }
  const { authFileProblem: problem, credsStore } = clients.docker;
  const problems =
    problem === null
      ? []
      : [`podman, skopeo and buildah have no login (REGISTRY_AUTH_FILE): ${problem.message}: ${problem.hint}`];
  if (storage !== "plaintext" || credsStore === null || attempts.length === 0) return problems;
  return [
    ...problems,
    `docker ignores what plaintext storage wrote, since its config.json names the credential store ${credsStore}: use storage memory or disk`,
  ];
}
