import type { Environment } from "../platform/environment.ts";
import { parseRegistry } from "../registries/registry.ts";
import type { GithubTokenMode } from "./options.ts";
import type { LoginRequest } from "./request.ts";

/** The identifier under which GITHUB_TOKEN is reported. */
const GITHUB_IDENTIFIER = "GITHUB";

/** A GitHub token comes with its user, but GitHub asks for none: any name will do. */
const ANY_USER = "x-access-token";

/**
 * The token that GitHub gives to a codespace or a workflow, at the time of use: from the environment, else from the
 * secrets file of the codespace. It changes at every start, so nothing keeps it.
 */
export function readGithubToken(env: Environment, codespaces: Environment): { user: string; token: string } | null {
  const token = env.GITHUB_TOKEN || codespaces.GITHUB_TOKEN;
  return token === undefined || token === ""
    ? null
    : { user: env.GITHUB_USER || codespaces.GITHUB_USER || ANY_USER, token };
}

/** The logins that GITHUB_TOKEN makes possible: to the container registry, and with `npm` to GitHub's npm registry. */
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
