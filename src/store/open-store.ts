import { existsSync, rmSync } from "node:fs";
import type { Context } from "../context.ts";
import { explainWriteError, UserError } from "../findings/user-error.ts";
import { removeTemporaryFiles } from "../platform/atomic-write.ts";
import { type CacheSource, refreshAnswers, refreshAnswersFor, removeAnswersLink } from "./answer-cache.ts";
import { record, storeOfEntry } from "./journal.ts";
import { diskVaultFolder, newMemoryVaultFolder } from "./location.ts";
import { isNewerThanMark, removeMark, writeMark } from "./secrets-mark.ts";
import { NO_STATE, type State, type VaultStorage } from "./state.ts";
import {
  checkRoom,
  explainStateFolder,
  readState,
  stateFile,
  stateFolder,
  stateRevision,
  writeState,
} from "./state-file.ts";
import { HOME_ADVICE, lockFile, withStateLock } from "./state-lock.ts";
import type { Store } from "./store.ts";
import { openVault, removeVault, type Vault } from "./vault.ts";
import { credentialIn, entriesIn, locateIn, NO_VAULTS, openVaults, removeObsoleteIn, withVault } from "./vaults.ts";

const NOTHING_READ = { state: NO_STATE, revision: "" };

/** Opens what earlier runs left; nothing is written. A folder that another user could write or replace counts as none. */
export function openStore({ env, memoryFolders, now }: Pick<Context, "env" | "memoryFolders" | "now">): Store {
  const folder = stateFolder(env);
  const distrust = explainStateFolder(folder);
  let { state, revision } = distrust === null ? readState(folder) : NOTHING_READ;
  let vaults = distrust === null ? openVaults(folder, state) : NO_VAULTS;
  /** Folders that were made for the store, and that the state file does not name yet. */
  const made: string[] = [];
  const nowSeconds = (): number => now() / 1000;

  const cache: CacheSource = {
    folder,
    get vaults() {
      return vaults.all.map(([, vault]) => vault);
    },
    find: (host) => locateIn(vaults, host),
  };
  const write = (next: State): void => {
    try {
      state = writeState(folder, state, next);
    } catch (error) {
      throw explainWriteError(error, folder, HOME_ADVICE);
    }
    revision = stateRevision(folder);
  };
  /** The vault of a storage. A new one in memory is named in the state file before anything is in it. */
  const vaultFor = (storage: VaultStorage): Vault => {
    const found = vaults[storage];
    if (found !== null) return found;
    const opened = openVault(storage === "memory" ? newMemoryVaultFolder(memoryFolders) : diskVaultFolder(folder));
    if (storage === "memory") write({ ...state, memory: opened.folder });
    vaults = withVault(vaults, storage, opened);
    return opened;
  };
  const locked = async <T>(work: () => Promise<T>, waitMs?: number): Promise<T> =>
    await withStateLock(
      folder,
      async (folders) => {
        made.push(...folders);
        // Another process may have changed it since it was read.
        if (stateRevision(folder) !== revision) {
          ({ state, revision } = readState(folder));
          vaults = openVaults(folder, state);
        }
        removeTemporaryFiles(folder);
        for (const [, vault] of vaults.all) vault.removeTemporaryFiles();
        // The secrets of a vault that is not used any more must not stay behind.
        if (vaults.replaceable !== null) removeVault(vaults.replaceable);
        return await work();
      },
      waitMs,
    );
  const removeAll = (): string[] => {
    rmSync(stateFile(folder), { force: true });
    removeAnswersLink(folder);
    removeMark(folder);
    const folders = vaults.all.map(([, vault]) => vault.folder).filter((each) => existsSync(each));
    for (const each of folders) removeVault(each);
    ({ state, revision } = readState(folder));
    vaults = openVaults(folder, state);
    return folders;
  };

  return {
    folder,
    get registrations() {
      return state.registered;
    },
    get configFiles() {
      return state.configs;
    },
    get journal() {
      return state.journal;
    },
    get made() {
      return state.made;
    },
    get usesCredentialStores() {
      return state.journal.some((entry) => storeOfEntry(entry) !== null) || existsSync(lockFile(folder, "stores.lock"));
    },
    get hasRootLogin() {
      return state.root === true;
    },
    get problem() {
      return distrust === null ? vaults.problem : new UserError(distrust);
    },
    find: (host) => {
      const found = locateIn(vaults, host);
      if (found === null) return null;
      const { entry, origin, storage, vault } = found;
      return { entry, origin, storage, folder: vault.folder };
    },
    entries: () => entriesIn(vaults),
    credentialOf: (registration) => credentialIn(vaults, registration),
    tokens: (storage) => vaults[storage]?.tokens ?? null,
    prepare: async (storage) => (vaults[storage] ?? (await locked(async () => vaultFor(storage)))).tokens,
    commit: async (plan, waitMs) => {
      if (!existsSync(folder)) {
        const { save, registrations, updateClients } = plan();
        // Where there is nothing to write down, not even a folder for the lock is made.
        if (save.length + registrations.length === 0) {
          return { result: (await updateClients(() => undefined)).result, removedFolders: [] };
        }
      }
      return await locked(async () => {
        const { save, registrations, isObsolete, updateClients } = plan();
        checkRoom(folder, state.registered, registrations);
        const folders = made.splice(0);
        if (folders.length > 0) state = { ...state, made: union(state.made, folders) };
        for (const { storage, origin, entry } of save) vaultFor(storage).write(origin, entry);
        let next: State = state;
        let isEmpty = false;
        try {
          const update = await updateClients((written, configFile, made) => {
            const configs = configFile === null ? state.configs : [...new Set([...state.configs, configFile])];
            const existing = state.made.filter((each) => existsSync(each));
            write({ ...state, configs, made: union(existing, made), journal: record(state.journal, written) });
          });
          next = {
            ...state,
            registered: [...(update.registrations ?? registrations)],
            configs: [...update.configFiles],
            journal: [...update.journal],
          };
          isEmpty = update.isEmpty ?? false;
          return { result: update.result, removedFolders: isEmpty ? removeAll() : [] };
        } finally {
          if (!isEmpty) {
            // Also when a client's file cannot be edited: a rejected credential must not be served any more.
            removeObsoleteIn(vaults, isObsolete);
            write(next);
            refreshAnswers(cache, nowSeconds());
          }
        }
      }, waitMs);
    },
    withCredentialStores: async (work, waitMs) =>
      await withStateLock(
        folder,
        async (folders) => {
          made.push(...folders);
          return await work();
        },
        waitMs,
        "stores.lock",
      ),
    record: async (entries) => {
      await locked(async () => {
        const folders = made.splice(0);
        write({ ...state, made: union(state.made, folders), journal: record(state.journal, entries) });
      });
    },
    noteRootLogin: async () => {
      if (state.root !== true && existsSync(folder)) await locked(async () => write({ ...state, root: true }));
    },
    hasNewerSecrets: (writtenAt) => distrust === null && isNewerThanMark(folder, writtenAt),
    markSecrets: (writtenAt) => {
      if (distrust === null) writeMark(folder, writtenAt);
    },
    refreshAnswer: (host) => refreshAnswersFor(cache, host, nowSeconds()),
  };
}

function union(some: readonly string[], others: readonly string[]): string[] {
  return [...new Set([...some, ...others])];
}
