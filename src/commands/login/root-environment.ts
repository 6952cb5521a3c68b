import { join } from "node:path";
import * as z from "zod/mini";
import { explain } from "../../findings/finding.ts";
import { UserError } from "../../findings/user-error.ts";
import { type Environment, homeFolder } from "../../platform/environment.ts";

/**
 * What a login needs of the environment. DOCKER_CONFIG, REGISTRY_AUTH_FILE and HOME are the user's own; GITHUB_TOKEN is
 * never stored, so a registration for another user could not be answered, unless a codespace's file holds it for both.
 */
const NEEDED =
  /^(?:.+_CONTAINER_REGISTRY_.+|AWS_.+|CODESPACES|GITHUB_USER|(?:HTTPS?|ALL|NO)_PROXY|SSL_CERT_FILE|NODE_EXTRA_CA_CERTS)$/i;

/** What stays of the environment of the one that takes over: how programs are found, and what the launcher set. */
const OWN = new Set(["PATH", "UV_THREADPOOL_SIZE"]);

/**
 * The variables for the same login as another user.
 * @param without identifiers whose secrets are not for that user
 */
export function environmentToHandOver(env: Environment, without: ReadonlySet<string>): Record<string, string> {
  const excluded = (name: string): boolean =>
    [...without].some((identifier) => name.toUpperCase().startsWith(`${identifier}_CONTAINER_REGISTRY_`));
  const picked = Object.entries(env).flatMap(([name, value]) =>
    value !== undefined && NEEDED.test(name) && !excluded(name) ? [[name, value] as const] : [],
  );
  // AWS's own profiles lie in the home folder, which is another one there.
  const aws = join(homeFolder(env), ".aws");
  return {
    AWS_CONFIG_FILE: join(aws, "config"),
    AWS_SHARED_CREDENTIALS_FILE: join(aws, "credentials"),
    ...Object.fromEntries(picked),
  };
}

/**
 * Replaces a process's environment by what was handed over, whatever a tool in between (sudo) kept of the old one.
 * @param text a JSON object of names and values
 * @throws UserError when it is something else; the message holds nothing of it
 */
export function takeOverEnvironment(env: Record<string, string | undefined>, text: string): void {
  let given: Record<string, string>;
  try {
    given = z.record(z.string(), z.string()).parse(JSON.parse(text));
  } catch {
    throw new UserError(explain("usage", { problem: "the input is not a JSON object of variables and their values" }));
  }
  for (const name of Object.keys(env)) if (!OWN.has(name)) delete env[name];
  for (const [name, value] of Object.entries(given)) if (!OWN.has(name)) env[name] = value;
}
