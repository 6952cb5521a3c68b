import { distance } from "fastest-levenshtein";
import type { Part } from "../discovery/request.ts";
import { looksLikeToken } from "../discovery/secret-sets.ts";
import { type Explanation, explain } from "../findings/finding.ts";
import type { Environment } from "../platform/environment.ts";

const PARTS: readonly Part[] = ["SERVER", "USER", "PASSWORD"];

/** Wrong names under which people set a part. */
const MISNOMERS: Readonly<Record<Part, readonly string[]>> = {
  SERVER: ["HOST", "URL", "REGISTRY", "ADDRESS", "HOSTNAME", "LOGIN_SERVER"],
  USER: ["USERNAME", "LOGIN", "ID", "CLIENT_ID", "USER_NAME"],
  PASSWORD: ["PASS", "TOKEN", "SECRET", "PWD", "PAT", "KEY", "PASSWD"],
};

const INFIX = "_CONTAINER_REGISTRY_";

/** Why a part of a secret set is missing, judging by the variables that are set. */
export function explainMissing(env: Environment, identifier: string, part: Part): Explanation {
  const variable = `${identifier}${INFIX}${part}`;
  const names = Object.keys(env);
  const sameName = names.find((name) => name.toUpperCase() === variable);
  if (sameName !== undefined) return explain("secret-empty", { variable: sameName });
  const set = names.filter((name) => (env[name] ?? "").trim() !== "" && partOf(name) === null);
  const misnamed = set.find((name) =>
    MISNOMERS[part].some((wrong) => name.toUpperCase() === `${identifier}${INFIX}${wrong}`),
  );
  if (misnamed !== undefined) return explain("secret-misnamed", { found: misnamed, variable });
  const misspelled = set.find((name) => isMisspelled(name.toUpperCase(), variable));
  if (misspelled !== undefined) return explain("secret-misspelt", { found: misspelled, variable });
  return explain("secret-missing", { variable });
}

/**
 * Identifiers that discovery does not find, because all of their variables are misnamed or misspelled.
 * @param known the identifiers that discovery finds
 */
export function findUnseenIdentifiers(env: Environment, known: ReadonlySet<string>): string[] {
  const found = Object.keys(env).flatMap((name) => {
    if ((env[name] ?? "").trim() === "") return [];
    const upper = name.toUpperCase();
    const misnamed = /^([A-Z0-9_]+)_CONTAINER_REGISTRY_([A-Z_]+)$/.exec(upper);
    if (misnamed?.[1] !== undefined && partOf(name) === null) {
      const wrong = misnamed[2] ?? "";
      const counts = PARTS.some(
        (part) => MISNOMERS[part].includes(wrong) || (wrong.length > 3 && distance(wrong, part) <= 2),
      );
      return counts ? [misnamed[1]] : [];
    }
    const [, identifier, infix, suffix] =
      /^([A-Z0-9]+(?:_[A-Z0-9]+)*?)(_[A-Z]+_[A-Z]+_)(SERVER|USER|PASSWORD)$/.exec(upper) ?? [];
    const near = infix !== undefined && infix !== INFIX && distance(infix, INFIX) <= 2;
    return near && identifier !== undefined && suffix !== undefined ? [identifier] : [];
  });
  return [...new Set(found)].filter((identifier) => !known.has(identifier)).sort();
}

function partOf(name: string): Part | null {
  return PARTS.find((part) => name.toUpperCase().endsWith(`${INFIX}${part}`)) ?? null;
}

/** One or two letters apart; the identifier must match exactly, since a different one is a different set. */
function isMisspelled(name: string, variable: string): boolean {
  const [identifier = ""] = variable.split(INFIX);
  return name.startsWith(`${identifier}_`) && name !== variable && distance(name, variable) <= 2;
}

/** What looks wrong with one part of a set. */
export interface Suspicion {
  readonly part: Part;
  readonly finding: Explanation;
}

/** Two spellings of one variable with different values; only the first is used. */
export function findTwoSpellings(env: Environment, identifier: string): Suspicion[] {
  return PARTS.flatMap((part) => {
    const names = Object.keys(env)
      .filter((name) => name.toUpperCase() === `${identifier}${INFIX}${part}` && (env[name] ?? "").trim() !== "")
      .sort();
    const [variable = "", ...others] = names;
    const found = others.find((name) => env[name] !== env[variable]);
    return found === undefined ? [] : [{ part, finding: explain("secret-two-spellings", { variable, found }) }];
  });
}

/** User names that really begin with a dollar sign: of NVIDIA and Quay, and of Quay's application tokens. */
const DOLLAR_USERS = new Set(["$oauthtoken", "$token", "$app"]);

/**
 * What looks wrong with the values of a set. It may be right, so it is shown only if the login fails.
 * @param parts the values as they are set
 */
export function suspect(
  identifier: string,
  { SERVER = "", USER = "", PASSWORD = "" }: Readonly<Partial<Record<Part, string>>>,
): Suspicion[] {
  const values = { SERVER, USER, PASSWORD };
  const suspicions = PARTS.flatMap((part): Suspicion[] => {
    const finding = suspectValue(`${identifier}${INFIX}${part}`, part, values[part]);
    return finding === null ? [] : [{ part, finding }];
  });
  if (/^(?:AKIA|ASIA)[A-Z0-9]{12,}$/.test(PASSWORD.trim())) {
    suspicions.push({ part: "PASSWORD", finding: explain("aws-keys-swapped", { identifier }) });
  }
  if (looksLikeToken(USER)) {
    suspicions.push({ part: "USER", finding: explain("user-is-token", { identifier }) });
  }
  return suspicions;
}

function suspectValue(variable: string, part: Part, value: string): Explanation | null {
  const isReference = /\$\{[^}]*\}|^\$[A-Za-z_]+$|^\$\(.*\)$/.test(value);
  if (isReference && !(part === "USER" && DOLLAR_USERS.has(value.trim())))
    return explain("secret-unresolved", { variable });
  if (/^(["']).*\1\s*$/s.test(value) && value.trim().length > 1) return explain("secret-quoted", { variable });
  const isPlaceholder = /^<[^<>]+>$|^(?:changeme|change-me|password|your[-_ ].*|x{3,}|\*{3,}|\.{3})$/i.test(
    value.trim(),
  );
  if (isPlaceholder && value !== "<token>") return explain("secret-placeholder", { variable });
  return part === "PASSWORD" && value !== value.trim() ? explain("secret-spaces", { variable }) : null;
}
