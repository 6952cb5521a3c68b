import type { Environment } from "../platform/environment.ts";
import { parseRegistry } from "../registries/registry.ts";
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
export function readGithubToken(env: Environment, codespaces: Environment): { user: string; token: string } | null {
  const token = env.GITHUB_TOKEN || codespaces.GITHUB_TOKEN;
  return token === undefined || token === ""
    ? null
    : { user: env.GITHUB_USER || codespaces.GITHUB_USER || ANY_USER, token };
}

/** Login requests from GITHUB_TOKEN: for the container registry, and with `npm` for GitHub's npm registry. */
export function githubRequests(
  env: Environment,
  codespaces: Environment,
  mode: GithubTokenMode,
  npm: boolean,
): LoginRequest[] {
  if (mode === "never" || (mode === "auto" && env.CODESPACES !== "true")) return [];
  const found = readGithubToken(env, codespaces);
  if (found === null) return [];
  return ["ghcr.io", ...(npm ? ["npm.pkg.github.com"] : [])].map((host) => ({
    identifier: host === "ghcr.io" ? GITHUB_IDENTIFIER : `${GITHUB_IDENTIFIER}_NPM`,
    source: "github-token",
    registry: parseRegistry(host),
    user: found.user,
    password: found.token,
    sessionToken: null,
    exchange: null,
  }));
}
