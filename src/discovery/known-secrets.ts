import type { Environment } from "../platform/environment.ts";
import { isAccessKeyId, isSecretAccessKey, looksLikeToken } from "../secrecy/tokens.ts";

/** Variables of other programs that hold a secret which the agent uses, or which people enter by mistake. */
const OTHERS: ReadonlySet<string> = new Set([
  "GITHUB_TOKEN",
  "GH_TOKEN",
  "GH_ENTERPRISE_TOKEN",
  "GITHUB_ENTERPRISE_TOKEN",
  "CI_REGISTRY_PASSWORD",
  "CI_DEPENDENCY_PROXY_PASSWORD",
  "CI_JOB_TOKEN",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
  "NPM_TOKEN",
  "NODE_AUTH_TOKEN",
  "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
  "AZURE_CLIENT_SECRET",
  "AZURE_CLIENT_CERTIFICATE_PASSWORD",
  "IDENTITY_HEADER",
  "MSI_SECRET",
]);

/** What follows the infix in a variable of the convention, also one whose infix is misspelled, in upper case. */
const PART = /(?:CONTAINER_REGISTRY|_C[A-Z]+_R[A-Z]+)_(?!.*CONTAINER_REGISTRY_)([A-Z_]*)$/;

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
    const [, suffix] = PART.exec(name) ?? [];
    if (suffix === undefined) return [];
    const isSecret =
      (PASSWORD_NAME.test(suffix) && !suffix.endsWith("_FILE")) ||
      looksLikeToken(value.trim()) ||
      (hasAccessKey && isSecretAccessKey(value));
    return isSecret && !isAccessKeyId(value) ? [value] : [];
  });
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
