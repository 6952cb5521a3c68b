import { type Environment, findSecretSets } from "../discovery/environment.ts";
import type { LoginRequest, Part, Skipped } from "../discovery/request.ts";
import { CATALOGUE, type Explanation, explain } from "../findings/finding.ts";
import { explainMissing, findTwoSpellings, suspect } from "./secrets.ts";
import { note, ok, type Step, wrong } from "./step.ts";
import type { Subject } from "./subjects.ts";

/**
 * Are the secrets of a subject complete, and does its server make sense?
 * @returns the steps, and whether there is something to ask a registry with
 */
export function examineSecrets(subject: Subject, env: Environment): { steps: Step[]; usable: boolean } {
  const { request, rejected, skipped, registered, problem, registry } = subject;
  if (problem !== null) return { steps: [wrong("server", problem)], usable: false };
  if (request !== null) return { steps: [ok("secrets", describe(request))], usable: true };
  if (rejected !== null) {
    const { code, reason: message, hint, identifier } = rejected;
    // Why a server makes no sense shows best in its secret's own text.
    const causes = suspectSet(env, identifier).filter((each) => each.message.includes("_SERVER "));
    const topic = Object.hasOwn(CATALOGUE.server, code) ? "server" : "secrets";
    const steps =
      causes.length > 0 ? causes.map((each) => wrong("secrets", each)) : [wrong(topic, { code, message, hint })];
    return { steps, usable: false };
  }
  if (skipped !== null) return { steps: examineSkipped(skipped, env, subject.image !== null), usable: false };
  if (registered !== null) {
    const message = `not in this shell; an earlier login as ${registered.identifier} left its own`;
    return { steps: [ok("secrets", message)], usable: true };
  }
  const host = registry?.host ?? "";
  return { steps: [note("secrets", explain("no-login", { host }))], usable: true };
}

/** What may be wrong with the values of a set, worth telling where its login fails. */
export function suspectSet(env: Environment, identifier: string): Explanation[] {
  // Untrimmed, as they are set: white space is one of the mistakes.
  const raw = Object.fromEntries(
    Object.keys(env)
      .sort()
      .reverse()
      .flatMap((name) => {
        const part = /_CONTAINER_REGISTRY_(SERVER|USER|PASSWORD)$/.exec(name.toUpperCase())?.[1];
        return part !== undefined && name.toUpperCase() === `${identifier}_CONTAINER_REGISTRY_${part}`
          ? [[part, env[name] ?? ""]]
          : [];
      }),
  ) as Partial<Record<Part, string>>;
  return [...suspect(identifier, raw), ...findTwoSpellings(env, identifier)];
}

function examineSkipped({ identifier, missing, rival }: Skipped, env: Environment, asked: boolean): Step[] {
  if (rival !== undefined) return [note("secrets", rival)];
  const set = findSecretSets(env).find((each) => each.identifier === identifier);
  const findings = missing.map((part) => explainMissing(env, identifier, part));
  // A server alone, or with a user name, is what many applications call their own configuration.
  const unrelated = set !== undefined && set.parts.PASSWORD === undefined && !findings.some(isAboutPassword);
  return findings.map((finding) => (unrelated && !asked ? note : wrong)("secrets", finding));
}

function isAboutPassword({ code, message }: Explanation): boolean {
  return code !== "secret-missing" && /_PASSWORD\b/.test(message);
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
