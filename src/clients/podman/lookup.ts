import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Environment, homeFolder } from "../../platform/environment.ts";
import { findProgram } from "../../platform/executable.ts";

import type { Registry } from "../../registries/registry.ts";
import { readAuth, readLoginConfig } from "../docker/config.ts";
import { repositoryOfKey } from "../docker/config-key.ts";
import { dockerConfigFile } from "../docker/edit-config.ts";
import { type FoundLogin, type QueryIfPresent, queryIfPresent } from "../docker/lookup.ts";

/** Is a client installed that finds its logins as podman does? */
export function hasPodman(env: Environment): boolean {
  return ["podman", "skopeo", "buildah"].some((name) => findProgram(name, env) !== null);
}

/**
 * The files in which podman, skopeo and buildah look for a login, in their order.
 * Source: https://github.com/containers/image/blob/main/docs/containers-auth.json.5.md
 */
export function podmanFiles(env: Environment): string[] {
  if (env.REGISTRY_AUTH_FILE) return [env.REGISTRY_AUTH_FILE];
  const runtime = env.XDG_RUNTIME_DIR || `/run/containers/${process.getuid?.() ?? 0}`;
  const home = homeFolder(env);
  return [
    env.XDG_RUNTIME_DIR ? join(runtime, "containers", "auth.json") : join(runtime, "auth.json"),
    join(env.XDG_CONFIG_HOME || join(home, ".config"), "containers", "auth.json"),
    dockerConfigFile(env),
  ].filter((file) => existsSync(file));
}

/** The file into which `podman login` writes. Source: as of {@link podmanFiles} */
export function podmanLoginFile(env: Environment, platform: NodeJS.Platform): string {
  if (env.REGISTRY_AUTH_FILE) return env.REGISTRY_AUTH_FILE;
  if (platform !== "linux") return join(homeFolder(env), ".config", "containers", "auth.json");
  return env.XDG_RUNTIME_DIR
    ? join(env.XDG_RUNTIME_DIR, "containers", "auth.json")
    : join("/run/containers", String(process.getuid?.() ?? 0), "auth.json");
}

/**
 * Finds the login that podman would present: a file's helper for the host, or else its entry with the longest path of the
 * repository, in the first file that has either. podman has no credential store.
 * @param repository the path of the image; null for the registry as a whole
 * @param query queries a helper
 */
export async function findPodmanLogin(
  env: Environment,
  registry: Registry,
  repository: string | null,
  query: QueryIfPresent = queryIfPresent,
): Promise<FoundLogin> {
  const { named } = registry;
  // podman compares the names of Docker Hub as one in auths, and exactly in credHelpers.
  const host = repositoryOfKey(named);
  const files = podmanFiles(env);
  const nothing: FoundLogin = {
    from: "nothing",
    helper: null,
    file: files[0] ?? "",
    key: named,
    login: null,
    hidden: null,
    isListed: false,
    problem: null,
  };
  for (const file of files) {
    const config = readLoginConfig(file);
    if ("code" in config) return { ...nothing, file, problem: config };
    const helper = Object.hasOwn(config.credHelpers, named) ? (config.credHelpers[named] ?? "") : "";
    if (helper !== "")
      return { ...nothing, from: "helper", helper, file, ...(await query(helper, named, env, "podman")) };
    const names = Object.keys(config.auths);
    for (const key of keysFor(host, repository)) {
      const entry = names.find((name) => repositoryOfKey(name) === key);
      const login = entry === undefined ? null : readAuth(config, entry);
      if (login !== null) return { ...nothing, from: "file", file, key, login };
    }
  }
  return nothing;
}

/**
 * Finds a login to a part of a registry, under a key with a path, that podman prefers to what it has for the whole.
 * @returns null where there is none
 */
export function findPartialLogin(env: Environment, { host }: Registry): FoundLogin | null {
  for (const file of podmanFiles(env)) {
    const config = readLoginConfig(file);
    // A helper for the host comes before the logins in its file, and ends the search.
    if ("code" in config || Object.hasOwn(config.credHelpers, host)) return null;
    for (const name of Object.keys(config.auths)) {
      const key = repositoryOfKey(name);
      const login = key.startsWith(`${host}/`) ? readAuth(config, name) : null;
      if (login !== null)
        return { from: "file", helper: null, file, key, login, hidden: null, isListed: false, problem: null };
    }
  }
  return null;
}

/** `a.io/b/c` is looked up as such, then as `a.io/b` and `a.io`. */
function keysFor(host: string, repository: string | null): string[] {
  const parts = repository?.split("/") ?? [];
  return [...parts.keys(), parts.length].map((length) => [host, ...parts.slice(0, length)].join("/")).reverse();
}
