import { explain } from "../findings/finding.ts";
import type { Environment } from "../platform/environment.ts";
import { findProgram } from "../platform/executable.ts";
import type { Registry } from "../registries/registry.ts";
import { fingerprint, type JournalEntry } from "../store/journal.ts";
import type { Registration } from "../store/state-file.ts";
import { HELPER } from "./credential-helper.ts";
import { authValue } from "./docker/auths.ts";
import { type FoundLogin, findDockerLogin, type QueryIfPresent } from "./docker/lookup.ts";
import { findNpmSetting } from "./npm/lookup.ts";
import { findPodmanLogin } from "./podman/lookup.ts";

/** Which clients use a login of ours, according to their config files. `podman` includes skopeo and buildah. */
export interface Clients {
  readonly docker: boolean;
  readonly podman: boolean;
  readonly npm: boolean;
}

/** A login as clients would look for it. */
export interface VisibleLogin {
  readonly registry: Registry;
  readonly storage: Registration["storage"];
}

/** No client, as for a login that failed. */
export const NO_CLIENTS: Clients = { docker: false, podman: false, npm: false };

/**
 * Finds the clients that use a login, from their config files alone: no helper is run, because it might use the network.
 * @param journal identifies our own values in these files
 * @param folder where npm would be run
 */
export async function findClients(
  env: Environment,
  login: VisibleLogin,
  journal: readonly JournalEntry[],
  folder: string,
): Promise<Clients> {
  const { registry, storage } = login;
  if (storage === "none") return NO_CLIENTS;
  if (storage === "npmrc") {
    const found = findNpmSetting(env, registry.host, folder);
    const lines = journal.filter(({ key }) => key === found?.setting);
    // The journal has no entry for an identical line that somebody else wrote.
    const isOurs = lines.length === 0 || lines.some(({ sha256 }) => sha256 === fingerprint(found?.line ?? ""));
    return { ...NO_CLIENTS, npm: found !== null && found.unset === null && isOurs };
  }
  const [docker, podman] = await Promise.all([
    findDockerLogin(env, registry, queryNobody),
    findPodmanLogin(env, registry, null, queryNobody),
  ]);
  const isOurs = (found: FoundLogin): boolean =>
    storage === "plaintext" ? isInJournal(found, journal) : found.helper === HELPER && found.problem === null;
  return { docker: isOurs(docker), podman: isOurs(podman), npm: false };
}

/** Programs that read docker's configuration, podman's, or npm's. */
const PROGRAMS = { docker: ["docker"], podman: ["podman", "skopeo", "buildah"], npm: ["npm"] } as const;

/** The programs on the PATH that read the configuration of each client. */
export function installedClients(env: Environment): Readonly<Record<keyof Clients, readonly string[]>> {
  const installed = (names: readonly string[]): string[] => names.filter((name) => findProgram(name, env) !== null);
  return {
    docker: installed(PROGRAMS.docker),
    podman: installed(PROGRAMS.podman),
    npm: installed(PROGRAMS.npm),
  };
}

const queryNobody: QueryIfPresent = async (helper, _, env, client) => {
  const isThere = findProgram(`docker-credential-${helper}`, env) !== null;
  return { login: null, problem: isThere ? null : explain("helper-missing", { client, helper }) };
};

function isInJournal({ from, login }: FoundLogin, journal: readonly JournalEntry[]): boolean {
  if (from !== "file" || login === null) return false;
  const value = fingerprint(authValue(login.username, login.secret));
  return journal.some(({ sha256, since }) => since === null && sha256 === value);
}
