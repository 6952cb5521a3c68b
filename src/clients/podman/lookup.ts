import { explain } from "../../findings/finding.ts";
import type { Environment } from "../../platform/environment.ts";
import type { Registry } from "../../registries/registry.ts";
import { type FoundLogin, type QueryIfPresent, queryIfPresent } from "../docker/lookup.ts";
import { findEntry, findPartialEntry, readPodmanFile } from "./auth-file.ts";
import { type PodmanFile, podmanFiles } from "./files.ts";
import { readsNamedFileAlone } from "./version.ts";

/**
 * Finds the login that podman would present: a file's helper for the host, or else its entry with the longest path of the
 * repository, in the first file that has either. podman has no credential store.
 * @param repository the path of the image; null for the registry as a whole
 * @param query queries a helper
 * Source: containers/image `getCredentialsWithHomeDir`
 */
export async function findPodmanLogin(
  env: Environment,
  registry: Registry,
  repository: string | null,
  query: QueryIfPresent = queryIfPresent,
): Promise<FoundLogin> {
  // podman compares the names of Docker Hub as one in auths, and exactly in credHelpers.
  const { named: host } = registry;
  const { named, isRequired, others } = podmanFiles(env);
  let first: FoundLogin | null = null;
  let helper: FoundLogin | null = null;
  for (const file of named === null ? others : [named, ...others]) {
    if (named !== null && file !== named && (await readsNamedFileAlone(env))) break;
    const found = await findInFile(file, env, host, repository, query);
    if (found === "missing") {
      if (file !== named || !isRequired) continue;
      const problem = explain("podman-other-file", { file: file.path, host });
      return { ...nothingIn(file.path, host), problem };
    }
    if (found.from === "file" || found.login !== null || found.problem !== null || found.isUnknown === true) {
      const { isUnknown: _, ...login } = found;
      return login;
    }
    // A helper without a login does not end the search, but explains why there is none.
    if (found.helper !== null) helper ??= found;
    first ??= found;
  }
  return helper ?? first ?? nothingIn((named ?? others[0])?.path ?? "", host);
}

/** What one file has, of a helper that was not run too. */
type FoundInFile = FoundLogin & { readonly isUnknown?: true };

async function findInFile(
  file: PodmanFile,
  env: Environment,
  host: string,
  repository: string | null,
  query: QueryIfPresent,
): Promise<FoundInFile | "missing"> {
  const config = readPodmanFile(file);
  if (config === null) return "missing";
  const nothing = nothingIn(file.path, host);
  if ("code" in config) return { ...nothing, problem: config };
  if (Object.hasOwn(config.credHelpers, host)) {
    const helper = config.credHelpers[host] ?? "";
    return { ...nothing, from: "helper", helper, ...(await query(helper, host, env, "podman")) };
  }
  const entry = findEntry(config, host, repository, file);
  if (entry === null) return nothing;
  return "code" in entry ? { ...nothing, problem: entry } : { ...nothing, from: "file", ...entry };
}

function nothingIn(file: string, key: string): FoundLogin {
  return {
    from: "nothing",
    helper: null,
    file,
    key,
    login: null,
    hidden: null,
    isListed: false,
    problem: null,
  };
}

/**
 * Finds a login to a part of a registry, under a key with a path, that podman prefers to what it has for the whole.
 * @returns null where there is none
 */
export async function findPartialLogin(env: Environment, { host }: Registry): Promise<FoundLogin | null> {
  const { named, others } = podmanFiles(env);
  for (const file of named === null ? others : [named, ...others]) {
    if (named !== null && file !== named && (await readsNamedFileAlone(env))) return null;
    const config = readPodmanFile(file);
    if (config === null) continue;
    // A helper for the host comes before the logins in its file, and ends the search.
    if ("code" in config || Object.hasOwn(config.credHelpers, host)) return null;
    const partial = findPartialEntry(config, host, file);
    if (partial !== null) return { ...nothingIn(file.path, host), from: "file", ...partial };
    // A login for the whole in this file comes before parts in the next one.
    if (findEntry(config, host, null, file) !== null) return null;
  }
  return null;
}
