import { type LoginRequest, userOrIdentity } from "../discovery/request.ts";
import { CATALOGUE } from "../findings/finding.ts";
import { printable } from "../printable.ts";
import { explainLookAlike } from "../registries/look-alike.ts";
import { note, ok, type Step, wrong } from "./step.ts";
import type { Subject } from "./targets.ts";

/**
 * Are the secrets of a subject complete, and is its server valid?
 * @param servers the option `registries`: identifier -> SERVER text
 * @returns the steps, and whether the registry can be examined
 */
export function examineSecrets(
  subject: Subject,
  servers: ReadonlyMap<string, string>,
): { steps: Step[]; usable: boolean } {
  const { request, rejected, skipped, registered, problem, registry } = subject;
  if (problem !== null) return { steps: [wrong("server", problem)], usable: false };
  if (request !== null) return { steps: [ok("secrets", describe(request))], usable: true };
  if (rejected !== null) {
    const { code, reason: message, hint } = rejected;
    const topic = Object.hasOwn(CATALOGUE.server, code) ? "server" : "secrets";
    return { steps: [wrong(topic, { code, message, hint })], usable: false };
  }
  if (skipped !== null) {
    const isRival = skipped.missing.length === 0;
    const isWanted = !isRival && (subject.image !== null || servers.has(skipped.identifier));
    const step = skipped.isOptional && !isWanted ? note : wrong;
    return { steps: skipped.findings.map((finding) => step("secrets", finding)), usable: false };
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

function describe(request: LoginRequest): string {
  const { identifier, source } = request;
  const who = printable(userOrIdentity(request));
  if (source === "github-token") return "GITHUB_TOKEN";
  const from = {
    environment: "the environment",
    codespaces: "the secrets file of the codespace",
    gitlab: "the variables of GitLab CI",
    option: "the environment, its server from the option registries",
  }[source];
  return `${identifier}: complete, for ${who}, from ${from}`;
}
