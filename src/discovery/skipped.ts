import { type Code, type Explanation, explain } from "../findings/finding.ts";
import { UserError } from "../findings/user-error.ts";
import { parseRegistry, type Registry } from "../registries/registry.ts";
import type { MergedSources } from "./codespaces.ts";
import type { Part, Skipped } from "./request.ts";
import type { SecretSet } from "./secret-sets.ts";
import { explainMissing, suspectSet } from "./suspicions.ts";

/** Does it take keys of AWS, or the identity of the machine itself, which are exchanged for a token? */
export function isAws(registry: Registry): boolean {
  return registry.kind === "ecr" || registry.kind === "ecr-public";
}

/**
 * A set of which parts are missing, with what may be wrong with each.
 * @param mapped the SERVER text of the `registries` option
 * @param sources where the parts may be under wrong names, or left out
 */
export function incomplete(
  { identifier, parts }: SecretSet,
  mapped: string | undefined,
  sources: MergedSources,
): Skipped {
  const missing = (["SERVER", "USER", "PASSWORD"] as const).filter(
    (part) => parts[part] === undefined && (part !== "SERVER" || mapped === undefined),
  );
  const findings = missing.map((part) => {
    const variable = `${identifier}_CONTAINER_REGISTRY_${part}`;
    return sources.isLeftOut(variable)
      ? explain("secret-two-sources", { variable })
      : explainMissing(sources.env, identifier, part);
  });
  const hasNone = parts.USER === undefined && parts.PASSWORD === undefined;
  const hasOtherPassword = missing.includes("PASSWORD") && findings.at(-1)?.code !== "secret-missing";
  const host = awsHost(parts.SERVER);
  const isKeyless = host !== null && hasNone && findings.every(({ code }) => code === "secret-missing");
  // Many applications use such names for their own configuration: a server alone, or with _USERNAME.
  const isOptional = hasNone && missing.length < 3 && !hasOtherPassword;
  const isUnset = findings.length === 3 && findings.every(({ code }) => UNSET.has(code));
  const suspicions = suspectSet(sources.env, identifier).map(({ finding }) => finding);
  const causes = [...(isKeyless ? [explain("aws-keys-missing", { identifier, host })] : findings), ...suspicions];
  return { ...skip(identifier, missing, causes, isOptional || isUnset), isUnset };
}

/** Its host, if this is the text of a server of AWS. */
function awsHost(server: string | undefined): string | null {
  try {
    const registry = server === undefined ? null : parseRegistry(server);
    return registry !== null && isAws(registry) ? registry.host : null;
  } catch (error) {
    if (error instanceof UserError) return null;
    throw error;
  }
}

/** What references to variables that the host lacks lead to. */
const UNSET: ReadonlySet<Code> = new Set(["secret-empty", "secret-missing"]);

/**
 * A set that is not used, with the reasons and what to do next.
 * @param isOptional see {@link Skipped.isOptional}
 */
export function skip(
  identifier: string,
  missing: readonly Part[],
  findings: readonly Explanation[],
  isOptional: boolean,
): Skipped {
  const reason = findings.map(({ message }) => message).join("; ");
  return {
    identifier,
    missing,
    findings,
    reason,
    hint: hintOf(identifier, missing, findings),
    isOptional,
    isUnset: false,
  };
}

/** One hint for all variables that are not set, and each other one once. */
function hintOf(identifier: string, missing: readonly Part[], findings: readonly Explanation[]): string {
  const unset = missing.filter((_, i) => findings[i]?.code === "secret-missing");
  const variable = unset.map((part) => `${identifier}_CONTAINER_REGISTRY_${part}`).join(" and ");
  const others = findings.filter(({ code }) => code !== "secret-missing").map(({ hint }) => hint);
  return [...new Set([...others, ...(unset.length === 0 ? [] : [explain("secret-missing", { variable }).hint])])].join(
    "; ",
  );
}
