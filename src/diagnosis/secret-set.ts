import type { LoginRequest, Part, Skipped } from "../discovery/request.ts";
import { findSecretSets } from "../discovery/secret-sets.ts";
import { CATALOGUE } from "../findings/finding.ts";
import type { Environment } from "../platform/environment.ts";
import { printable } from "../printable.ts";
import { explainLookAlike } from "../registries/look-alike.ts";
import { explainMissing, findTwoSpellings, type Suspicion, suspect } from "./secrets.ts";
import { note, ok, type Step, wrong } from "./step.ts";
import type { Subject } from "./targets.ts";

/**
 * Are the secrets of a subject complete, and is its server valid?
 * @param servers the option `registries`: identifier -> SERVER text
 * @returns the steps, and whether the registry can be examined
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
    // The text of the secret explains best why a server is not valid.
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
    const { identifier, failure } = registered;
    const saved =
      failure === undefined
        ? `using the login saved earlier for ${identifier}`
        : `the last login of ${identifier} failed`;
    return { steps: [ok("secrets", `not set in this shell; ${saved}`)], usable: true };
  }
  return { steps: [], usable: true };
}

/** What may be wrong with the values of a set; shown only if its login fails. */
export function suspectSet(env: Environment, identifier: string): Suspicion[] {
  // Untrimmed, because white space is one of the mistakes. The first spelling by code unit is used.
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
  // Many applications use such names for their own configuration: a server alone, or with _USERNAME.
  const hasPassword = findings.some(({ part, finding }) => part === "PASSWORD" && finding.code !== "secret-missing");
  const unrelated = !wanted && USER === undefined && PASSWORD === undefined && missing.length < 3 && !hasPassword;
  return findings.map(({ finding }) => (unrelated ? note : wrong)("secrets", finding));
}

function describe({ identifier, source, user }: LoginRequest): string {
  const who = user === null ? "the machine's own AWS identity" : printable(user);
  if (source === "github-token") return "GITHUB_TOKEN";
  const from = {
    environment: "the environment",
    codespaces: "the secrets file of the codespace",
    option: "the environment, its server from the option registries",
  }[source];
  return `${identifier}: complete, for ${who}, from ${from}`;
}
