import { distance } from "fastest-levenshtein";
import type { Environment } from "../platform/environment.ts";
import { isAccessKeyId, isSecretAccessKey, looksLikeToken } from "../secrecy/tokens.ts";

/** Variables of other programs that hold a secret which the agent uses, or which people enter by mistake. */
const OTHERS: ReadonlySet<string> = new Set([
  "GITHUB_TOKEN",
  "GH_TOKEN",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
  "NPM_TOKEN",
  "NODE_AUTH_TOKEN",
]);

/** Two words and the part, as in a variable of the convention. */
const LIKE_CONVENTION = /^.+?_([A-Z]+_[A-Z]+)_([A-Z]+)$/;

/** Names of passwords, right and wrong ones. The servers' and the users' begin with other letters. */
const PASSWORD_NAME = /^P|TOK|SEC|KEY|CRED|AUTH/;

/**
 * Every secret in an environment, also those of incomplete, rejected and misnamed sets, and those that were entered as
 * the server or the user.
 */
export function secretsIn(env: Environment): string[] {
  const variables = Object.entries(env).flatMap(([name, value]) =>
    value === undefined || value.trim() === "" ? [] : [{ name: name.toUpperCase(), value }],
  );
  const hasAccessKey = variables.some(({ value }) => isAccessKeyId(value));
  return variables.flatMap(({ name, value }) => {
    if (OTHERS.has(name)) return [value];
    if (name.endsWith("_PROXY")) return proxyPasswords(value);
    const suffix = conventionSuffix(name);
    if (suffix === null) return [];
    const isSecret =
      (PASSWORD_NAME.test(suffix) && !suffix.endsWith("_FILE")) ||
      looksLikeToken(value.trim()) ||
      (hasAccessKey && isSecretAccessKey(value));
    return isSecret && !isAccessKeyId(value) ? [value] : [];
  });
}

/** What follows `_CONTAINER_REGISTRY_` in a name in upper case, which may be misspelled; null for another variable. */
function conventionSuffix(name: string): string | null {
  const [, part] = /CONTAINER_REGISTRY_(?!.*CONTAINER_REGISTRY_)(.*)$/.exec(name) ?? [];
  if (part !== undefined) return part;
  const [, infix = "", suffix = ""] = LIKE_CONVENTION.exec(name) ?? [];
  return distance(infix, "CONTAINER_REGISTRY") <= 2 ? suffix : null;
}

/** As it is written there, and decoded. */
function proxyPasswords(address: string): string[] {
  if (!URL.canParse(address)) return [];
  const { password } = new URL(address);
  try {
    return password === "" ? [] : [password, decodeURIComponent(password)];
  } catch {
    return [password];
  }
}
