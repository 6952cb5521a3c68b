import { existsSync } from "node:fs";
import { basename, resolve } from "node:path";
import {
  type ConfigEdit,
  dockerConfigFile,
  editDockerConfig,
  PLACEHOLDER,
  type WantedConfig,
} from "../clients/docker/edit-config.ts";
import { explainHelperProgram } from "../clients/helper-program.ts";
import { podmanLoginFile } from "../clients/podman/files.ts";
import { explainSharedAuthFile, isSharedConfig } from "../clients/registrable.ts";
import { UserError } from "../findings/user-error.ts";
import type { Environment } from "../platform/environment.ts";
import { realPath } from "../platform/real-path.ts";
import { editSharedFile } from "../platform/shared-file.ts";
import { parseRegistry } from "../registries/registry.ts";
import { entriesIn, type JournalEntry, type Part } from "../store/journal.ts";
import { isHost } from "../store/known-logins.ts";
import { type Registration, vaultOf } from "../store/state.ts";
import type { RecordWrites, Store } from "../store/store.ts";
import type { ClientsWorld } from "./clients-world.ts";
import { placeholdersOfStore } from "./other-folders.ts";
import { authOf, type FileValue } from "./record.ts";

/** What docker's config file said, and all the files of it that know of us now. */
export interface DockerReport extends Pick<ConfigEdit, "credsStore"> {
  readonly configFiles: readonly string[];
  readonly edited: ReadonlyMap<string, EditedFile>;
  /** The file that podman reads before docker's, where it was edited; null where there is none. */
  readonly podmanFile: string | null;
  /** Why the file of REGISTRY_AUTH_FILE could not be edited. */
  readonly authFileProblem: UserError | null;
}

/** A file that was edited. */
export interface EditedFile {
  /** What it holds of the wanted values, no matter who wrote them. */
  readonly present: readonly FileValue[];
  /** Placeholders that stay: the file has a store of its own, which holds our logins. */
  readonly ofStore: readonly JournalEntry[];
  readonly restored: ReadonlySet<Part>;
}

/** The logins that docker's config files shall lead to. */
export interface DockerLogins {
  readonly registered: readonly Registration[];
  /** Those among them whose values in the files stay as they are, since their credential is not at hand. */
  readonly retained: readonly Registration[];
  /** Hosts for which clients use a login of somebody else: their placeholder is not ours any more. */
  readonly foreignHosts: ReadonlySet<string>;
  /** Whether logins that persons made are replaced. */
  readonly replaces: boolean;
  /** What docker's own file holds of them. */
  readonly values: readonly FileValue[];
  /** The store that docker would choose by itself, to be written down; undefined for none. */
  readonly credsStore: string | undefined;
  /** What a file of a different DOCKER_CONFIG holds of them, in which there is no store. */
  readonly unstoredValues: readonly FileValue[];
  /** What the file holds that podman, skopeo and buildah read before it: they know no credential store. */
  readonly podmanValues: readonly FileValue[];
}

/**
 * Brings docker's config file to what is registered, and those that earlier runs wrote to (DOCKER_CONFIG of another
 * folder): there, what is not wanted any more is removed and what changed is renewed, but nothing is added. The file that
 * REGISTRY_AUTH_FILE names is current, too.
 * @param recordWrites called before a file is written
 * @throws UserError when the current config file cannot be edited; another one stays for the next run
 */
export async function registerDocker(
  world: ClientsWorld,
  store: Store,
  logins: DockerLogins,
  recordWrites: RecordWrites,
): Promise<DockerReport> {
  const { env, lockWait } = world;
  const current = dockerConfigFile(env);
  const authFile = podmanAuthFile(world, current);
  const others = store.configFiles.filter((file) => file !== current && file !== authFile);
  const wanted = wantedConfig(env, store, logins);
  const retained = keysOf(
    logins.retained.flatMap(({ host, storage }) => (storage === "plaintext" || storage === "store" ? host : [])),
  );
  // The machine outside lacks our helper, and nobody asked for our logins there.
  const isShared = !world.isHost && isSharedConfig(current);
  // An entry that no program answers stops podman and skopeo even from pulling public images.
  const addsHelpers = explainHelperProgram(env, "docker") === null;
  const foreign = keysOf([...logins.foreignHosts]);
  const edited = new Map<string, EditedFile>();
  const edit = async (file: string, adds: boolean): Promise<ConfigEdit> => {
    const ofStore = file === current ? [] : placeholdersOfStore(file, store, keysOf(logins.registered.map(hostOf)));
    const former = entriesIn(store.journal, file).filter(
      (entry) =>
        !ofStore.includes(entry) &&
        !retained.has(entry.key) &&
        !(entry.sha256 === PLACEHOLDER && entry.part === undefined && foreign.has(entry.key)),
    );
    // podman knows no credential store: its file has the logins themselves, whoever names it this time.
    const isPodmans = file === authFile || basename(file) === "auth.json";
    const isOwnLogin = ({ key }: FileValue): boolean =>
      former.some((entry) => entry.key === key && entry.since === null && entry.sha256 !== PLACEHOLDER);
    const own = logins.unstoredValues.filter(isOwnLogin);
    const values = isPodmans ? logins.podmanValues : file === current ? logins.values : own;
    const credsStore = file === current ? logins.credsStore : undefined;
    const auths = new Map(values.map(({ key, value }) => [key, value]));
    const ofFile = { ...wanted, adds, addsHelpers, former, auths, credsStore };
    const result = await editSharedFile(file, (before) => editDockerConfig(file, before, ofFile), {
      lockWait,
      beforeWrite: ({ written }, made) =>
        recordWrites(
          written.map((each) => ({ ...each, file, since: null })),
          file,
          made,
        ),
      leavesNoTrace: file === current && isShared,
    });
    const { present, restored } = result.edit;
    edited.set(file, { present: values.filter(({ key }) => present.has(key)), ofStore, restored });
    return result.edit;
  };
  const editAuthFile = async (file: string): Promise<ConfigEdit> => {
    const shared = world.isHost ? null : explainSharedAuthFile(file);
    if (shared !== null) throw new UserError(shared);
    return await edit(file, true);
  };
  const authFileProblem = authFile === null ? null : await problemOf(editAuthFile(authFile));
  const { credsStore } = await edit(current, !isShared);
  const left = authFileProblem !== null && authFile !== null && store.configFiles.includes(authFile) ? [authFile] : [];
  for (const file of others) {
    if ((await problemOf(edit(file, false))) !== null) left.push(file);
  }
  const someWanted = logins.registered.length + wanted.helperKeys.size > 0;
  const now = [
    ...(!isShared || store.configFiles.includes(current) ? [current] : []),
    ...(authFile !== null && authFileProblem === null ? [authFile] : []),
  ];
  const configFiles = someWanted
    ? [...new Set([...others, ...left, ...now])].filter((file) => existsSync(file)).sort()
    : left;
  return { credsStore, configFiles, edited, authFileProblem, podmanFile: authFileProblem === null ? authFile : null };
}

function hostOf({ host }: Registration): string {
  return host;
}

/**
 * The file that podman, skopeo and buildah read before docker's, where REGISTRY_AUTH_FILE names one. Recent versions read
 * no other, and podman and buildah refuse to run while it is missing; it has the form of docker's own.
 * Source: https://github.com/containers/image/blob/main/docs/containers-auth.json.5.md
 * @returns null also where it is docker's own file
 */
function podmanAuthFile({ env, platform, isPodman }: ClientsWorld, docker: string): string | null {
  const { REGISTRY_AUTH_FILE = "" } = env;
  if (REGISTRY_AUTH_FILE === "") return isPodman ? podmanLoginFile(env, platform) : null;
  return realPath(REGISTRY_AUTH_FILE) === realPath(docker) ? null : resolve(REGISTRY_AUTH_FILE);
}

async function problemOf(edit: Promise<unknown>): Promise<UserError | null> {
  try {
    await edit;
    return null;
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
}

function wantedConfig(
  env: Environment,
  store: Store,
  { registered, replaces }: DockerLogins,
): Omit<WantedConfig, "adds" | "addsHelpers" | "former" | "auths" | "credsStore"> {
  const stored = store.entries().flatMap(({ origin, entry }) => (origin === "stored" ? entry.host : []));
  const isServed = (each: Registration): boolean => store.credentialOf(each) !== null;
  const inVault = registered.filter((each) => vaultOf(each) !== null && isServed(each)).map(({ host }) => host);
  const served = [...new Set([...inVault, ...stored.filter(isHost)])];
  // Logins that failed, and those that were lost with a restart: the helper reports the cause.
  const failed = registered
    .filter((each) => each.storage === "none" || (vaultOf(each) !== null && !isServed(each)))
    .map(({ host }) => host);
  return {
    helperKeys: keysOf(served),
    helperAuths: new Map(served.flatMap((host) => servedAuths(store, host))),
    // A codespace writes logins of the same secrets there itself; those of AWS expire after twelve hours.
    overridesAuths: env.CODESPACES === "true" || replaces,
    replacesAuths: replaces,
    lastResortKeys: keysOf(failed),
  };
}

/** The login that the helper answers for a host, as docker would write it, under each key. */
function servedAuths(store: Store, host: string): [string, string][] {
  const found = store.find(host);
  return found === null ? [] : parseRegistry(host).keys.map((key) => [key, authOf(found.entry)]);
}

function keysOf(hosts: readonly string[]): Set<string> {
  return new Set(hosts.flatMap((host) => parseRegistry(host).keys));
}
