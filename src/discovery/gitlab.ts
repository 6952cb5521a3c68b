import { UserError } from "../findings/user-error.ts";
import type { Environment } from "../platform/environment.ts";
import { parseRegistry } from "../registries/registry.ts";
import type { LoginRequest, Rejected } from "./request.ts";

/** The registries that a job of GitLab CI may use, by the variables that GitLab sets: all three, or none where it is off. */
const SETS = [
  ["GITLAB", "CI_REGISTRY", "CI_REGISTRY_USER", "CI_REGISTRY_PASSWORD"],
  ["GITLAB_DEPENDENCY_PROXY", "CI_DEPENDENCY_PROXY_SERVER", "CI_DEPENDENCY_PROXY_USER", "CI_DEPENDENCY_PROXY_PASSWORD"],
] as const;

/**
 * Login requests of a GitLab CI job: for the project's registry and for the dependency proxy, whose host has a port even
 * if it is 443, as in the names of its images.
 * Source: https://docs.gitlab.com/ci/variables/predefined_variables/
 */
export function gitlabRequests(env: Environment): (LoginRequest | Rejected)[] {
  if (env.GITLAB_CI !== "true") return [];
  return SETS.flatMap(([identifier, serverName, userName, passwordName]): (LoginRequest | Rejected)[] => {
    const [server, user, password] = [env[serverName]?.trim(), env[userName]?.trim(), env[passwordName]];
    if (!server || !user || !password) return [];
    try {
      const registry = parseRegistry(server);
      return [{ identifier, source: "gitlab", registry, user, password, sessionToken: null, exchange: null }];
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      const { code, message: reason, hint } = error;
      return [{ identifier, host: null, kind: null, code, reason, hint }];
    }
  });
}
