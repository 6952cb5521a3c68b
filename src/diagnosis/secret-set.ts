import type { LoginRequest, Part, Skipped } from "../discovery/request.ts";
import { findSecretSets } from "../discovery/secret-sets.ts";
import { CATALOGUE } from "../findings/finding.ts";
import type { Environment } from "../platform/environment.ts";
import { explainLookAlike } from "../registries/look-alike.ts";
import { explainMissing, findTwoSpellings, type Suspicion, suspect } from "./secrets.ts";
import { note, ok, type Step, wrong } from "./step.ts";
import type { Subject } from "./targets.ts";

/**
 * Are the secrets of a subject complete, and does its server make sense?
 * @param servers the option `registries`: identifier -> SERVER text
 * @returns the steps, and whether there is something to ask a registry with
 */
export function examineSecrets(
  subject: Subject,
  env: Environment,
  servers: ReadonlyMap<string, string>,
): { steps: Step[]; usable: boolean } {
  const { request, rejected, skipped, registered, problem, registry } = subject;
  if (problem !== null) return { steps: [wrong("server", problem)], usable: false };
  if (request !== null) return { steps: [ok("secrets", describe(request))], usable: true };
  if (rejected !== null) {
    const { code, reason: message, hint, identifier } = rejected;
    // Why a server makes no sense shows best in its secret's own text.
    const causes = suspectSet(env, identifier).flatMap(({ part, finding }) => (part === "SERVER" ? finding : []));
    const topic = Object.hasOwn(CATALOGUE.server, code) ? "server" : "secrets";
    const steps =
      causes.length > 0 ? causes.map((each) => wrong("secrets", each)) : [wrong(topic, { code, message, hint })];
    return { steps, usable: false };
  }
  if (skipped !== null) {
    const wanted = subject.image !== null || servers.has(skipped.identifier);
    return { steps: examineSkipped(skipped, env, wanted), usable: false };
  }
  const lookAlike = registry === null ? null : explainLookAlike(registry);
  if (lookAlike !== null) return { steps: [wrong("server", lookAlike)], usable: false };
  if (registered !== null) {
    const left = registered.failure === undefined ? "left its own" : "failed";
    return {
      steps: [ok("secrets", `not in this shell; an earlier login as ${registered.identifier} ${left}`)],
      usable: true,
    };
  }
  return { steps: [], usable: true };
}

/** What may be wrong with the values of a set, worth telling where its login fails. */
export function suspectSet(env: Environment, identifier: string): Suspicion[] {
  // Untrimmed, as they are set: white space is one of the mistakes. The first spelling by code unit counts.
  const values: Partial<Record<Part, string>> = {};
  for (const name of Object.keys(env).sort()) {
    const part = /_CONTAINER_REGISTRY_(SERVER|USER|PASSWORD)$/.exec(name.toUpperCase())?.[1] as Part | undefined;
    if (part !== undefined && name.toUpperCase() === `${identifier}_CONTAINER_REGISTRY_${part}`)
      values[part] ??= env[name] ?? "";
  }
  return [...suspect(identifier, values), ...findTwoSpellings(env, identifier)];
}

function examineSkipped({ identifier, missing, rival }: Skipped, env: Environment, wanted: boolean): Step[] {
  if (rival !== undefined) return [note("secrets", rival)];
  const { USER, PASSWORD } = findSecretSets(env).find((each) => each.identifier === identifier)?.parts ?? {};
  const findings = missing.map((part) => ({ part, finding: explainMissing(env, identifier, part) }));
  // A server alone, or with _USERNAME, is what many applications call their own configuration.
  const told = findings.some(({ part, finding }) => part === "PASSWORD" && finding.code !== "secret-missing");
  const unrelated = !wanted && USER === undefined && PASSWORD === undefined && missing.length < 3 && !told;
  return findings.map(({ finding }) => (unrelated ? note : wrong)("secrets", finding));
}

function describe({ identifier, source, user }: LoginRequest): string {
  const who = user === null ? "the machine's own AWS identity" : user;
  if (source === "github-token") return "GITHUB_TOKEN";
  const from = {
    environment: "the environment",
    codespaces: "the secrets file of the codespace",
    option: "the environment, its server from the option registries",
  }[source];
  return `${identifier}: complete, for ${who}, from ${from}`;
}
