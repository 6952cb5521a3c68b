import { ACR_TOKEN_USER, IDENTITY_TOKEN_USER } from "../exchange/acr.ts";
import { type Explanation, explain } from "../findings/finding.ts";
import type { Environment } from "../platform/environment.ts";
import { findProgram } from "../platform/executable.ts";
import type { Registry } from "../registries/registry.ts";
import { fingerprint, holds, type JournalEntry, placeOfStore } from "../store/journal.ts";
import type { Registration } from "../store/state.ts";
import type { Store } from "../store/store.ts";
import { HELPER } from "./credential-helper.ts";
import { textsOfLogin } from "./docker/auths.ts";
import type { ClientLogin } from "./docker/config.ts";
import { explainQuery, type FoundLogin, findDockerLogin, type QueryIfPresent } from "./docker/lookup.ts";
import { explainFound } from "./explain-found.ts";
import { findNpmSetting, type NpmSetting } from "./npm/lookup.ts";
import { hasPodman } from "./podman/files.ts";
import { findPartialLogin, findPodmanLogin } from "./podman/lookup.ts";

/** Which clients use a login of ours, according to their config files. `podman` includes skopeo and buildah. */
export interface Clients {
  readonly docker: boolean;
  readonly podman: boolean;
  readonly npm: boolean;
}

/** A client of this machine that does not use a login of ours. */
export interface Obstacle {
  readonly client: keyof Clients;
  readonly finding: Explanation;
  /** The host, or a part of it with a path. */
  readonly key: string;
  /** Who it logs in as instead; null where nobody knows, or it has no login. */
  readonly user: string | null;
  /** The helper of others that it queries instead; null without one. */
  readonly helper: string | null;
}

/** How far a login reaches. */
export interface Visibility {
  readonly clients: Clients;
  /** Of clients that are installed. docker counts as installed, since other programs read its configuration. */
  readonly obstacles: readonly Obstacle[];
}

/** A login as clients would look for it. */
export interface VisibleLogin {
  readonly registry: Registry;
  readonly storage: Registration["storage"];
  /** The store that fails, with plaintext storage; see {@link Registration}. */
  readonly fallback?: string | undefined;
  /** Whether a person made it with `docker login`, which overrides what was discovered. */
  readonly isStored?: boolean;
  /** Whether this is outside of containers. */
  readonly isHost?: boolean;
  /** Queries the store that failed when the login was made; without it, no program is run. */
  readonly query?: QueryIfPresent;
}

/** What the judgement takes of the store. */
export type ClientStore = Pick<Store, "journal" | "find">;

/** No client, as for a login that failed. */
export const NO_CLIENTS: Clients = { docker: false, podman: false, npm: false };

/**
 * Finds the clients that use a login, from their config files alone: no helper is run, because it might use the network. Only
 * a store that failed when the login was made is queried: docker uses the login in its file for as long as that fails.
 * @param store its journal identifies our own values in these files
 * @param folder where npm would be run
 */
export async function findClients(
  env: Environment,
  login: VisibleLogin,
  store: ClientStore,
  folder: string,
): Promise<Visibility> {
  const { registry, storage } = login;
  if (storage === "none") return { clients: NO_CLIENTS, obstacles: [] };
  if (storage === "npmrc") return findNpm(env, registry, store, folder);
  const [docker, podman] = await Promise.all([
    findDockerLogin(env, registry, login.fallback === undefined ? queryNobody : (login.query ?? queryNobody)),
    findPodmanLogin(env, registry, null, queryNobody),
  ]);
  const stored = login.isStored === true ? null : storedInstead(store, registry);
  const why = (client: "docker" | "podman", found: FoundLogin): Obstacle | null => {
    if (!isOurs(found, login, store.journal)) {
      const { fallback, isHost = false } = login;
      const finding = explainFound(client, found, { env, registry, store, storage, fallback, isHost });
      const helper = found.helper === HELPER ? null : found.helper;
      // docker's key of Docker Hub is an address.
      const key = client === "podman" && found.from === "file" ? found.key : registry.host;
      return { client, finding, key, user: shownUser(found.login), helper };
    }
    return isOurHelper(found) && stored !== null ? { client, ...stored } : null;
  };
  const [ofDocker, ofPodman] = [why("docker", docker), why("podman", podman)];
  // podman knows no credential stores; who uses it as the engine has the login in its file, too.
  const countsPodman = hasPodman(env) && !(storage === "store" && podman.from === "nothing");
  const partial = ofPodman === null ? await findPartialLogin(env, registry) : null;
  const ofPart = partial === null ? null : why("podman", partial);
  return {
    clients: { docker: ofDocker === null, podman: ofPodman === null, npm: false },
    obstacles: [ofDocker, ...(countsPodman ? [ofPodman, ofPart] : [])].flatMap((each) => each ?? []),
  };
}

function shownUser(login: ClientLogin | null): string | null {
  if (login === null) return null;
  if (login.isRegistryToken === true) return "a registry token";
  return login.username === IDENTITY_TOKEN_USER ? ACR_TOKEN_USER : login.username;
}

/** Does every client use a login, except for parts of its registry? */
export function isUsed(obstacles: readonly Obstacle[]): boolean {
  return obstacles.every(({ key }) => key.includes("/"));
}

function findNpm(env: Environment, { host }: Registry, { journal }: ClientStore, folder: string): Visibility {
  const found = findNpmSetting(env, host, folder);
  const finding = explainNpm(found, found === null || isOwnSetting(found, journal), host);
  return {
    clients: { ...NO_CLIENTS, npm: finding === null },
    obstacles: finding === null ? [] : [{ client: "npm", finding, key: host, user: null, helper: null }],
  };
}

function explainNpm(found: NpmSetting | null, isOurs: boolean, host: string): Explanation | null {
  if (found === null) return explain("not-registered", { host, client: "npm" });
  const { file, setting, unset } = found;
  if (!isOurs) return explain("npm-other-setting", { file, setting });
  return unset === null ? null : explain("npm-variable-unset", { file, variable: unset });
}

/** The login that a person made with `docker login`, which our helper answers before any other. */
function storedInstead(store: ClientStore, { host }: Registry): Omit<Obstacle, "client"> | null {
  const found = store.find(host);
  if (found?.origin !== "stored") return null;
  return { finding: explain("stored-login", { host }), key: host, user: found.entry.username, helper: null };
}

function isOurs(
  found: FoundLogin,
  { registry, storage, fallback }: VisibleLogin,
  journal: readonly JournalEntry[],
): boolean {
  const inFile = found.from === "file" && isInJournal(found.login, journal);
  const isFailing = found.helper !== null && found.problem !== null;
  switch (storage) {
    case "plaintext":
      // docker looks into its file after a store that fails.
      return inFile || (isFailing && found.helper === fallback && isInJournal(found.hidden, journal));
    case "store":
      // podman knows no credential store: it finds the login in a file, if at all.
      return inFile || isInStore(found, registry, journal);
    default:
      return isOurHelper(found);
  }
}

/** Does docker query the store that holds our login, and does its file say that there is one? The store itself is not queried. */
function isInStore(
  { helper, isListed, problem }: FoundLogin,
  { keys }: Registry,
  journal: readonly JournalEntry[],
): boolean {
  if (helper === null || !isListed || problem !== null) return false;
  return keys.slice(0, 1).some((key) => holds(journal, { file: placeOfStore(helper), key, since: null }));
}

function isOurHelper({ helper, problem }: FoundLogin): boolean {
  return helper === HELPER && problem === null;
}

/** Whether this is the line that an earlier login wrote into .npmrc, or found there. */
export function isOwnSetting({ setting, line }: NpmSetting, journal: readonly JournalEntry[]): boolean {
  // The journal has no entry for an identical line that somebody else wrote.
  return !holds(journal, { key: setting }) || holds(journal, { key: setting, sha256: fingerprint(line) });
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
  const problem = explainQuery(helper, env, client);
  return problem === null ? { login: null, problem, isUnknown: true } : { login: null, problem };
};

function isInJournal(login: ClientLogin | null, journal: readonly JournalEntry[]): boolean {
  if (login === null) return false;
  return textsOfLogin(login).some((text) => holds(journal, { sha256: fingerprint(text), since: null }));
}
