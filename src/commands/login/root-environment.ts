import * as z from "zod/mini";
import { explain } from "../../findings/finding.ts";
import { UserError } from "../../findings/user-error.ts";
import type { Environment } from "../../platform/environment.ts";

/**
 * What a login as root takes from the user. DOCKER_CONFIG, REGISTRY_AUTH_FILE and HOME are the user's own; GITHUB_TOKEN is
 * never stored, so a registration for another user could not be answered, unless a codespace's file holds it for both.
 *
 * Of AWS's settings these are values. The others name files, profiles and programs (`credential_process`), which AWS's SDK
 * would read, send to an address of the user's choice, or run, as root.
 */
const NEEDED =
  /^(?:.+_CONTAINER_REGISTRY_.+|AWS_(?:ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN|REGION|DEFAULT_REGION|ENDPOINT_URL(?:_ECR(?:_PUBLIC)?)?)|CODESPACES|GITHUB_(?:USER|SERVER_URL|HOST)|GH_HOST|GITLAB_CI|CI_REGISTRY(?:_USER|_PASSWORD)?|CI_DEPENDENCY_PROXY_(?:SERVER|USER|PASSWORD)|(?:HTTPS?|ALL|NO)_PROXY|SSL_CERT_FILE|NODE_EXTRA_CA_CERTS)$/i;

/** What stays of the environment of the one that takes over: what the launcher and `src/process.ts` set. */
const OWN = new Set(["UV_THREADPOOL_SIZE", "AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"]);

/**
 * Root's own profiles, keys and logins are not for who asks: the proxy, the endpoint and the certificates may be theirs. The
 * identity of the machine stays: this user can ask for it as well.
 */
const NO_FILES = {
  CLOUDSDK_CONFIG: "/dev/null",
  AZURE_TOKEN_CREDENTIALS: "ManagedIdentityCredential",
  AWS_CONFIG_FILE: "/dev/null",
  AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
};

/** Where root's programs are. A sudo without `secure_path` keeps the user's PATH. */
const ROOT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** What sudo itself needs: to be found, and to speak the user's language. */
const FOR_SUDO = /^(?:PATH|HOME|LANG|LC_.+|TERM)$/;

/**
 * The variables for the same login as another user.
 * @param without identifiers whose secrets are not for that user
 */
export function environmentToHandOver(env: Environment, without: ReadonlySet<string>): Record<string, string> {
  const excluded = (name: string): boolean =>
    [...without].some((identifier) => name.toUpperCase().startsWith(`${identifier}_CONTAINER_REGISTRY_`));
  return pick(env, (name) => NEEDED.test(name) && !excluded(name));
}

/** The variables for sudo. The secrets are not among them: everybody of this user can read `/proc/PID/environ`. */
export function environmentForSudo(env: Environment): Record<string, string> {
  return pick(env, (name) => FOR_SUDO.test(name));
}

/**
 * The environment of a login as root: what was handed over, whatever sudo kept of the user's own. Who may run only this
 * program as root, and not a shell, must not get more than a login by it, so anything else that is handed over is ignored.
 * @param own of this process
 * @param text a JSON object of names and values
 * @throws UserError when it is something else; the message holds nothing of it
 */
export function takeOverEnvironment(own: Environment, text: string): Record<string, string> {
  let given: Record<string, string>;
  try {
    given = z.record(z.string(), z.string()).parse(JSON.parse(text));
  } catch {
    throw new UserError(explain("usage", { problem: "the input is not a JSON object of variables and their values" }));
  }
  return {
    ...pick(own, (name) => OWN.has(name)),
    PATH: ROOT_PATH,
    ...NO_FILES,
    ...pick(given, (name) => NEEDED.test(name)),
  };
}

function pick(env: Environment, isWanted: (name: string) => boolean): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) =>
      value !== undefined && isWanted(name) ? [[name, value] as const] : [],
    ),
  );
}
