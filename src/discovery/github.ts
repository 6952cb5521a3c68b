import type { Environment } from "../platform/environment.ts";
import { containerRegistryOf, githubHost, githubRegistry, namesGithub, npmRegistryOf } from "./github-server.ts";
import type { GithubTokenMode } from "./options.ts";
import type { LoginRequest } from "./request.ts";

/** The identifier under which GITHUB_TOKEN is reported. */
const GITHUB_IDENTIFIER = "GITHUB";

/** GitHub accepts any user name with a token. */
const ANY_USER = "x-access-token";

/**
 * The current token of a codespace or a workflow: from the environment, or else from the secrets file of the codespace. It
 * changes at every start, so it is never stored.
 */
function readGithubToken(env: Environment, codespaces: Environment): { user: string; token: string } | null {
  const token = env.GITHUB_TOKEN || codespaces.GITHUB_TOKEN;
  return token === undefined || token === ""
    ? null
    : { user: env.GITHUB_USER || codespaces.GITHUB_USER || ANY_USER, token };
}

/**
 * The current token for a registry of the GitHub that it belongs to; null for a registry of any other.
 *
 * `sudo docker` has lost what names the GitHub. A token from the secrets file of a codespace belongs to the same GitHub as
 * the login, which was made in that codespace.
 * @param host the host of a saved login
 */
export function readGithubTokenFor(
  host: string,
  env: Environment,
  codespaces: Environment,
): { user: string; token: string } | null {
  const found = readGithubToken(env, codespaces);
  if (!env.GITHUB_TOKEN && !namesGithub(env, codespaces)) return found;
  const github = githubHost(env, codespaces);
  const isRight = github !== null && [containerRegistryOf(github), npmRegistryOf(github)].includes(host);
  return isRight ? found : null;
}

/**
 * Login requests from GITHUB_TOKEN: for the container registry of the GitHub that it belongs to, and with `npm` for its npm
 * registry.
 */
export function githubRequests(
  env: Environment,
  codespaces: Environment,
  mode: GithubTokenMode,
  npm: boolean,
): LoginRequest[] {
  if (mode === "never" || (mode === "auto" && env.CODESPACES !== "true")) return [];
  const found = readGithubToken(env, codespaces);
  const github = githubHost(env, codespaces);
  if (found === null || github === null) return [];
  const request = (identifier: string, host: string | null): LoginRequest[] => {
    const registry = host === null ? null : githubRegistry(host, env, codespaces);
    if (registry === null) return [];
    const { user, token: password } = found;
    return [{ identifier, source: "github-token", registry, user, password, sessionToken: null, exchange: null }];
  };
  return [
    ...request(GITHUB_IDENTIFIER, containerRegistryOf(github)),
    ...request(`${GITHUB_IDENTIFIER}_NPM`, npm ? npmRegistryOf(github) : null),
  ];
}
