import { distance } from "fastest-levenshtein";
import { type Explanation, explain } from "../findings/finding.ts";
import { type Environment, SECRET_NAME } from "../platform/environment.ts";
import { printable } from "../printable.ts";
import { isAccessKeyId, looksLikeToken } from "../secrecy/tokens.ts";
import { explainDollar, explainReference, explainWrapping } from "./references.ts";
import type { Part } from "./request.ts";

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
 * Identifiers of sets without a value under a right name: all of their variables are empty, misnamed or misspelled.
 * @param known the identifiers that have a value
 */
export function findUnseenIdentifiers(env: Environment, known: ReadonlySet<string>): string[] {
  const found = Object.keys(env).flatMap((name) => {
    const upper = name.toUpperCase();
    const [, identifier, suffix = ""] = SECRET_NAME.exec(upper) ?? [];
    if (identifier !== undefined) {
      if (partOf(name) !== null) return [identifier];
      return (env[name] ?? "").trim() !== "" && PARTS.some((part) => isMisnomer(suffix, part)) ? [identifier] : [];
    }
    return (env[name] ?? "").trim() === "" ? [] : misspelledInfix(upper);
  });
  return [...new Set(found)].filter((identifier) => !known.has(identifier)).sort();
}

function isMisnomer(suffix: string, part: Part): boolean {
  return MISNOMERS[part].includes(suffix) || (suffix.length > 3 && distance(suffix, part) <= 2);
}

/** The identifier of a variable like `A_CONTANER_REGISTRY_USER`. */
function misspelledInfix(name: string): string[] {
  const [, identifier, infix] =
    /^([A-Z0-9]+(?:_[A-Z0-9]+)*?)(_[A-Z]+_[A-Z]+_)(?:SERVER|USER|PASSWORD)$/.exec(name) ?? [];
  return identifier !== undefined && infix !== undefined && distance(infix, INFIX) <= 2 ? [identifier] : [];
}

/** Variables without a valid identifier, like `MY-CO_CONTAINER_REGISTRY_USER` and `CONTAINER_REGISTRY_USER`. */
export interface StrayVariables {
  /** What is before the infix; empty if nothing is. */
  readonly identifier: string;
  readonly finding: Explanation;
  readonly hasPassword: boolean;
}

/** Finds variables that look like a secret set and have no valid identifier. */
export function findStrayVariables(env: Environment): StrayVariables[] {
  const names = Object.keys(env).filter((name) => (env[name] ?? "").trim() !== "" && !SECRET_NAME.test(name));
  const strays = names.sort().flatMap((name) => {
    const [, identifier, part] = /^(?:(.*)_)?CONTAINER_REGISTRY_(SERVER|USER|PASSWORD)$/i.exec(name) ?? [];
    return part === undefined ? [] : [{ name, identifier: identifier ?? "", part: part.toUpperCase() }];
  });
  return [...new Set(strays.map(({ identifier }) => identifier))].flatMap((identifier) => {
    const own = strays.filter((each) => each.identifier === identifier);
    const hasPassword = own.some((each) => each.part === "PASSWORD");
    // Other programs have a CONTAINER_REGISTRY_SERVER of their own.
    if (identifier === "" && !hasPassword) return [];
    const { name = "", part = "" } = own[0] ?? {};
    const found = printable(name);
    const valid = identifier.toUpperCase().replace(/[^A-Z0-9_]/g, "_");
    const finding =
      identifier === ""
        ? explain("identifier-missing", { found, variable: `ACME_CONTAINER_REGISTRY_${part}` })
        : explain("identifier-characters", { found, variable: `${valid}_CONTAINER_REGISTRY_${part}` });
    return [{ identifier: printable(identifier), finding, hasPassword }];
  });
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
function findTwoSpellings(env: Environment, identifier: string): Suspicion[] {
  return PARTS.flatMap((part) => {
    const names = Object.keys(env)
      .filter((name) => name.toUpperCase() === `${identifier}${INFIX}${part}` && (env[name] ?? "").trim() !== "")
      .sort();
    const [variable = "", ...others] = names;
    const found = others.find((name) => env[name] !== env[variable]);
    return found === undefined ? [] : [{ part, finding: explain("secret-two-spellings", { variable, found }) }];
  });
}

/** What may be wrong with the values of a set; shown only if its login fails or cannot be tried. */
export function suspectSet(env: Environment, identifier: string): Suspicion[] {
  // Untrimmed, because white space is one of the mistakes. The first spelling by code unit is used.
  const values: Partial<Record<Part, string>> = {};
  for (const name of Object.keys(env).sort()) {
    const part = partOf(name);
    if (part !== null && name.toUpperCase() === `${identifier}${INFIX}${part}`) values[part] ??= env[name] ?? "";
  }
  return [...suspect(identifier, values), ...findTwoSpellings(env, identifier)];
}

/** User names that really begin with a dollar sign: of NVIDIA and Quay, and of Quay's application tokens. */
const DOLLAR_USERS = new Set(["$oauthtoken", "$token", "$app"]);

/**
 * What looks wrong with the values of a set. It may be right, so it is shown only if the login fails.
 * @param parts the values as they are set
 */
function suspect(
  identifier: string,
  { SERVER = "", USER = "", PASSWORD = "" }: Readonly<Partial<Record<Part, string>>>,
): Suspicion[] {
  const values = { SERVER, USER, PASSWORD };
  const suspicions = PARTS.flatMap((part): Suspicion[] => {
    const variable = `${identifier}${INFIX}${part}`;
    const finding =
      suspectValue(variable, part, values[part]) ??
      (part === "USER" ? explainDollar(variable, USER.trim()) : null) ??
      (part === "PASSWORD" ? explainWrapping(variable, USER.trim(), PASSWORD) : null);
    return finding === null ? [] : [{ part, finding }];
  });
  if (isAccessKeyId(PASSWORD)) {
    suspicions.push({ part: "PASSWORD", finding: explain("aws-keys-swapped", { identifier }) });
  }
  if (looksLikeToken(USER.trim())) {
    suspicions.push({ part: "USER", finding: explain("user-is-token", { identifier }) });
  }
  return suspicions;
}

function suspectValue(variable: string, part: Part, value: string): Explanation | null {
  const ofOthers = explainReference(variable, part, value);
  if (ofOthers !== null) return ofOthers;
  const isReference = /\$\{[^}]*\}|^\$[A-Za-z_]\w*$|^\$\(.*\)$/.test(value);
  if (isReference && !(part === "USER" && DOLLAR_USERS.has(value.trim())))
    return explain("secret-unresolved", { variable });
  if (/^(["']).*\1\s*$/s.test(value) && value.trim().length > 1) return explain("secret-quoted", { variable });
  const isPlaceholder = /^<[^<>]+>$|^(?:changeme|change-me|password|your[-_ ].*|x{3,}|\*{3,}|\.{3})$/i.test(
    value.trim(),
  );
  if (isPlaceholder && value !== "<token>") return explain("secret-placeholder", { variable });
  return part === "PASSWORD" && value !== value.trim() ? explain("secret-spaces", { variable }) : null;
}
