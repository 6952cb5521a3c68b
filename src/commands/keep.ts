import { type ConfigReport, dockerConfigFile, editDockerConfig, fingerprint } from "../clients/docker-config.ts";
import type { Storage } from "../discovery/options.ts";
import type { Credential } from "../exchange/credential.ts";
import { parseRegistry, type Registry } from "../registries/registry.ts";
import { UserError } from "../user-error.ts";
import { type Registration, readState, type State, stateFolder, writeState } from "../vault/home.ts";
import { diskVaultFolder, newMemoryVaultFolder } from "../vault/location.ts";
import { type Entry, openVault, type Vault } from "../vault/vault.ts";
import type { Context } from "./context.ts";

/** A login to keep: what the clients shall find for `registry`. */
export interface Kept {
  readonly identifier: string;
  readonly registry: Registry;
  readonly credential: Credential;
  readonly verified: boolean;
}

/** What earlier runs left, in the two places and in our bookkeeping. A vault that is not ours alone counts as none. */
export interface Earlier {
  readonly folder: string;
  readonly state: State;
  readonly memory: Vault | null;
  readonly disk: Vault | null;
}

/** Opens what earlier runs left. */
export function readEarlier({ env }: Pick<Context, "env">): Earlier {
  const folder = stateFolder(env);
  const state = readState(folder);
  return {
    folder,
    state,
    memory: state.memory === undefined ? null : openIfPrivate(state.memory),
    disk: openIfPrivate(diskVaultFolder(folder)),
  };
}

/** The vaults in the order in which credentials are looked up. */
export function vaultsOf({ memory, disk }: Earlier): Vault[] {
  return [memory, disk].filter((vault) => vault !== null);
}

function openIfPrivate(folder: string): Vault | null {
  try {
    return openVault(folder);
  } catch (error) {
    if (error instanceof UserError) return null;
    throw error;
  }
}

/** The credential that an earlier run kept for this login, if it is exactly this one. */
export function isKnown(
  earlier: Earlier,
  storage: Storage,
  { identifier, registry }: Pick<Kept, "identifier" | "registry">,
  credential: Credential,
): "verified" | "unverified" | "none" {
  const registered = earlier.state.registered.find(
    (entry) => entry.host === registry.host && entry.identifier === identifier && entry.storage === storage,
  );
  if (registered === undefined) return "none";
  const same =
    storage === "plaintext"
      ? Object.values(registered.auths ?? {}).includes(fingerprint(authValue(credential)))
      : isSame(vaultFor(earlier, storage)?.read("discovered", registry.host) ?? null, credential);
  return !same ? "none" : registered.verified ? "verified" : "unverified";
}

/** The earlier logins that clients can still use: all but those whose vault went with a restart. */
export function stillUsable(earlier: Earlier): Registration[] {
  return earlier.state.registered.filter(
    ({ storage, host }) => storage === "plaintext" || vaultFor(earlier, storage)?.read("discovered", host) != null,
  );
}

/**
 * Leaves exactly `kept` and `carried` behind: first the credentials, then the clients' configuration, then what is not
 * wanted goes, so that no client is ever pointed at a credential that is not there. What persons stored themselves stays.
 * @param carried logins of earlier runs to leave as they are
 * @throws UserError when the credentials or the configuration cannot be written
 */
export async function keep(
  context: Pick<Context, "env" | "memoryFolders">,
  before: Earlier,
  storage: Storage,
  kept: readonly Kept[],
  carried: readonly Registration[],
): Promise<ConfigReport> {
  const earlier = kept.length > 0 ? withVault(context, before, storage) : before;
  const registered = [...kept.map((each) => registrationOf(each, storage)), ...carried];
  const vault = vaultFor(earlier, storage);
  if (vault !== null) {
    for (const { identifier, registry, credential } of kept) {
      vault.write("discovered", { version: 1, host: registry.host, ...credential, identifier });
    }
  }
  const helped = registered.filter((each) => each.storage !== "plaintext").map(({ host }) => host);
  const stored = vaultsOf(earlier).flatMap((each) => each.list("stored").map(({ host }) => host));
  const carriedAuths = new Set(carried.flatMap(({ auths }) => Object.keys(auths ?? {})));
  const formerAuths = before.state.registered.flatMap(({ auths }) => Object.entries(auths ?? {}));
  const report = await editDockerConfig(dockerConfigFile(context.env), {
    helperKeys: new Set([...helped, ...stored].flatMap((host) => parseRegistry(host).keys)),
    auths: new Map(storage === "plaintext" ? kept.flatMap(plaintextAuths) : []),
    formerAuths: new Map(formerAuths.filter(([key]) => !carriedAuths.has(key))),
  });
  for (const each of vaultsOf(earlier)) {
    for (const { host } of each.list("discovered")) {
      const wanted = registered.some((entry) => entry.host === host && vaultFor(earlier, entry.storage) === each);
      if (!wanted) each.remove("discovered", host);
    }
  }
  remember(earlier, registered);
  return report;
}

/**
 * Keeps a credential that a person stored with `docker login`, which comes before a discovered one.
 * @throws UserError when it cannot be written
 */
export function keepStored(context: Pick<Context, "env" | "memoryFolders">, storage: Storage, entry: Entry): void {
  // Whoever calls the helper has a helper: with plaintext storage docker writes its file itself.
  const place = storage === "disk" ? "disk" : "memory";
  vaultFor(withVault(context, readEarlier(context), place), place)?.write("stored", entry);
}

function withVault(context: Pick<Context, "memoryFolders">, earlier: Earlier, storage: Storage): Earlier {
  if (storage === "disk") return { ...earlier, disk: earlier.disk ?? openVault(diskVaultFolder(earlier.folder)) };
  if (storage === "plaintext" || earlier.memory !== null) return earlier;
  const memory = openVault(newMemoryVaultFolder(context.memoryFolders));
  // Before the first secret is written: a vault that nobody remembers could neither be found nor taken away.
  remember({ ...earlier, memory }, earlier.state.registered);
  return { ...earlier, memory };
}

function remember({ folder, memory }: Earlier, registered: readonly Registration[]): void {
  const place = memory === null ? {} : { memory: memory.folder };
  try {
    writeState(folder, { version: 1, ...place, registered: [...registered] });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new UserError(`${folder} cannot be written (${code})`, "check owner and mode of the home folder");
  }
}

function vaultFor({ memory, disk }: Earlier, storage: Storage): Vault | null {
  return storage === "memory" ? memory : storage === "disk" ? disk : null;
}

function registrationOf(kept: Kept, storage: Storage): Registration {
  const { identifier, registry, verified } = kept;
  const login = { identifier, host: registry.host, storage, verified };
  if (storage !== "plaintext") return login;
  const auths = plaintextAuths(kept).map(([key, auth]) => [key, fingerprint(auth)]);
  return { ...login, auths: Object.fromEntries(auths) };
}

/** docker reads the first key; podman, skopeo and buildah find Docker Hub under it too. */
function plaintextAuths({ registry, credential }: Kept): [string, string][] {
  return registry.keys.slice(0, 1).map((key) => [key, authValue(credential)]);
}

function authValue({ username, secret }: Credential): string {
  return Buffer.from(`${username}:${secret}`).toString("base64");
}

function isSame(a: Credential | null, b: Credential): boolean {
  return a !== null && a.username === b.username && a.secret === b.secret && a.expiresAt === b.expiresAt;
}
