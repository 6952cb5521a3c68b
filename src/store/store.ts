import { accessSync, constants, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Storage } from "../discovery/options.ts";
import { explainWriteError, UserError } from "../findings/user-error.ts";
import { removeDrafts } from "../platform/atomic-write.ts";
import type { Environment } from "../platform/environment.ts";
import { withLock } from "../platform/lock.ts";
import { diskVaultFolder, isInMemory, newMemoryVaultFolder } from "./location.ts";
import {
  isVaulted,
  type Pending,
  type Registration,
  readState,
  type State,
  stateFolder,
  writeState,
} from "./state-file.ts";
import { type Entry, openVault, type Vault } from "./vault.ts";

/** What earlier runs left, in the two places and in our bookkeeping. A vault that is not ours alone counts as none. */
export interface Earlier {
  readonly folder: string;
  readonly state: State;
  readonly memory: Vault | null;
  readonly disk: Vault | null;
}

/** Opens what earlier runs left. */
export function readEarlier(env: Environment): Earlier {
  const folder = stateFolder(env);
  const state = readState(folder);
  return {
    folder,
    state,
    memory: state.memory !== undefined && isInMemory(state.memory) ? openIfPrivate(state.memory) : null,
    disk: openIfPrivate(diskVaultFolder(folder)),
  };
}

/**
 * Runs work that changes what earlier runs left, one process at a time.
 * @param waitMs how long to wait for another one
 * @throws UserError when the home folder cannot be written
 */
export async function lockEarlier<T>(
  env: Environment,
  work: (earlier: Earlier) => T | Promise<T>,
  waitMs?: number,
): Promise<T> {
  const folder = stateFolder(env);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    accessSync(folder, constants.W_OK);
  } catch (error) {
    throw explainWriteError(error, folder, HOME_HINT);
  }
  const lock = join(folder, "lock");
  try {
    return await withLock(
      lock,
      () => {
        const earlier = readEarlier(env);
        removeDrafts(folder);
        for (const vault of vaultsOf(earlier)) vault.removeDrafts();
        return work(earlier);
      },
      waitMs,
    );
  } catch (error) {
    // No room for the lock. What the work throws of other files is not for the person's eyes.
    const { path } = error as NodeJS.ErrnoException;
    throw path === undefined || path.startsWith(lock) ? explainWriteError(error, folder, HOME_HINT) : error;
  }
}

const HOME_HINT = "check owner and mode of the home folder";

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

/** The vault of a storage; null where there is none (yet). */
export function vaultFor({ memory, disk }: Earlier, storage: Registration["storage"]): Vault | null {
  return storage === "memory" ? memory : storage === "disk" ? disk : null;
}

/** The earlier logins that clients can still use: all but those whose vault went with a restart. */
export function stillUsable(earlier: Earlier): Registration[] {
  return earlier.state.registered.filter(
    (login) => !isVaulted(login) || vaultFor(earlier, login.storage)?.read("discovered", login.host) != null,
  );
}

/**
 * Makes sure that there is a vault for a storage to write to.
 * @param memoryFolders folders that may be on tmpfs, best first
 * @throws UserError when there cannot be one
 */
export function withVault(memoryFolders: readonly string[], earlier: Earlier, storage: Storage): Earlier {
  if (storage === "disk") return { ...earlier, disk: earlier.disk ?? openVault(diskVaultFolder(earlier.folder)) };
  if (storage === "plaintext" || earlier.memory !== null) return earlier;
  const memory = openVault(newMemoryVaultFolder(memoryFolders));
  // Before the first secret is written: a vault that nobody remembers could neither be found nor taken away.
  remember({ ...earlier, memory }, earlier.state.registered);
  return { ...earlier, memory };
}

/**
 * Writes down what is registered now.
 * @param configs docker's configuration files that know of it
 * @param pending what is about to be written; a run that ends well has none
 * @throws UserError when the home folder cannot be written
 */
export function remember(
  { folder, state, memory }: Earlier,
  registered: readonly Registration[],
  configs: readonly string[] = state.configs,
  pending: readonly Pending[] = state.pending,
): void {
  const { memory: _, ...rest } = state;
  const place = memory === null ? {} : { memory: memory.folder };
  try {
    writeState(folder, {
      ...rest,
      ...place,
      configs: [...configs],
      registered: [...registered],
      pending: [...pending],
    });
  } catch (error) {
    throw explainWriteError(error, folder, HOME_HINT);
  }
}

/**
 * Keeps a credential that a person stored with `docker login`, which comes before a discovered one.
 * @throws UserError when it cannot be written
 */
export async function keepStored(
  env: Environment,
  memoryFolders: readonly string[],
  storage: Storage,
  entry: Entry,
): Promise<void> {
  // Whoever calls the helper has a helper: with plaintext storage docker writes its file itself.
  const place = storage === "disk" ? "disk" : "memory";
  await lockEarlier(env, (earlier) => {
    vaultFor(withVault(memoryFolders, earlier, place), place)?.write("stored", entry);
  });
}
