import { UserError } from "../findings/user-error.ts";
import type { Environment } from "../platform/environment.ts";
import { parseRegistry, type Registry } from "../registries/registry.ts";
import { parseServer, withoutDefaultPort } from "../registries/server.ts";

/** The variables that name the GitHub that tokens belong to, the first one that is set: of jobs and codespaces, of hub, of gh. */
const VARIABLES = ["GITHUB_SERVER_URL", "GITHUB_HOST", "GH_HOST"] as const;

/** The public GitHub, to which a token belongs if nothing else is named. */
const PUBLIC = "github.com";

/** What the environment, or the secrets file of a codespace, names as the GitHub of the token; undefined if nothing is named. */
function namedGithub(environments: readonly Environment[]): string | undefined {
  const texts = VARIABLES.flatMap((name) => environments.map((env) => env[name]?.trim() ?? ""));
  return texts.find((text) => text !== "");
}

/** Is the GitHub that a token belongs to named? */
export function namesGithub(...environments: readonly Environment[]): boolean {
  return namedGithub(environments) !== undefined;
}

/**
 * The host of the GitHub that GITHUB_TOKEN belongs to, like `github.com`, `octocorp.ghe.com` or `github.example.com`.
 * @param environments the environment, and the secrets file of a codespace
 * @returns null where what is named is not a host, so that nobody knows
 * Source: https://docs.github.com/actions/reference/variables-reference, https://cli.github.com/manual/gh_help_environment
 */
export function githubHost(...environments: readonly Environment[]): string | null {
  const text = namedGithub(environments);
  if (text === undefined) return PUBLIC;
  const server = orNull(() => parseServer(text));
  // No token is sent unencrypted.
  return server === null || server.scheme === "unencrypted"
    ? null
    : withoutDefaultPort(server.host).replace(/^www\./, "");
}

function orNull<T>(parse: () => T): T | null {
  try {
    return parse();
  } catch (error) {
    if (error instanceof UserError) return null;
    throw error;
  }
}

/** Is this a GitHub of a company with a name below ghe.com (GitHub Enterprise Cloud with data residency)? */
function isGheCom(host: string): boolean {
  return host.endsWith(".ghe.com");
}

/** Does gh use GH_TOKEN for this GitHub? For a GitHub Enterprise Server it has other variables. */
export function takesPublicTokens(github: string): boolean {
  return github === PUBLIC || isGheCom(github);
}

/**
 * The host of a GitHub's container registry: ghcr.io for github.com, and a name below any other GitHub's.
 * Source: https://docs.github.com/enterprise-server/packages, "subdomain isolation"; https://docs.github.com/enterprise-cloud, data residency
 */
export function containerRegistryOf(github: string): string {
  return github === PUBLIC ? "ghcr.io" : `containers.${github}`;
}

/** The host of a GitHub's npm registry; null for a GitHub Enterprise Server, whose registry is not supported. */
export function npmRegistryOf(github: string): string | null {
  if (github === PUBLIC) return "npm.pkg.github.com";
  return isGheCom(github) ? `npm.${github}` : null;
}

/** A registry, which is of the kind ghcr if it is that of a GitHub Enterprise Server that the environment names. */
export function recognizeGithub(registry: Registry, ...environments: readonly Environment[]): Registry {
  const github = registry.kind === "generic" ? githubHost(...environments) : null;
  const isGithub = github !== null && withoutDefaultPort(registry.host) === containerRegistryOf(github);
  return isGithub ? { ...registry, kind: "ghcr" } : registry;
}

/** The registry of a host for a GitHub's token; null where there cannot be one of that name, as for a GitHub at an IP address. */
export function githubRegistry(host: string, ...environments: readonly Environment[]): Registry | null {
  const registry = orNull(() => parseRegistry(host));
  return registry === null ? null : recognizeGithub(registry, ...environments);
}
