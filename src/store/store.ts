import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Context } from "../context.ts";
import { tokenName } from "../exchange/aws-identity.ts";
import { explainWriteError, UserError } from "../findings/user-error.ts";
import { removeTemporaryFiles } from "../platform/atomic-write.ts";
import { withLock } from "../platform/lock.ts";
import {
  type CacheSource,
  type Located,
  refreshAnswers,
  refreshAnswersFor,
  removeAnswersLink,
} from "./answer-cache.ts";
import { type JournalEntry, record, storeOfEntry } from "./journal.ts";
import { diskVaultFolder, newMemoryVaultFolder } from "./location.ts";
import { isNewerThanMark, removeMark, writeMark } from "./secrets-mark.ts";
import { NO_STATE, type Registration, type State, type VaultStorage, vaultOf } from "./state.ts";
import {
  checkRoom,
  explainStateFolder,
  readState,
  stateFile,
  stateFolder,
  stateRevision,
  writeState,
} from "./state-file.ts";
import { HOME_ADVICE, withStateLock } from "./state-lock.ts";
import type { Tokens } from "./tokens.ts";
import { type Entry, ORIGINS, type Origin, openVault, removeVault, type Vault } from "./vault.ts";
import { NO_VAULTS, openVaults, withVault } from "./vaults.ts";

/** A credential that an earlier run, or a person with `docker login`, saved. */
export interface SavedLogin {
  readonly entry: Entry;
  readonly origin: Origin;
  readonly storage: VaultStorage;
  /** The vault's folder. */
  readonly folder: string;
}

/** A change of what is saved, for {@link Store.commit}. */
export interface Change<T> {
  /** Credentials to save, each instead of what was saved for its host by the same origin. */
  readonly save: readonly Pick<SavedLogin, "entry" | "origin" | "storage">[];
  /** What is logged in then. */
  readonly registrations: readonly Registration[];
  /** Whether a saved credential is obsolete; its clients' entries are gone by the time it is removed. */
  readonly isObsolete: (saved: SavedLogin) => boolean;
  /** Edits what clients read. The new credentials are saved by then, and the obsolete ones still there. */
  readonly updateClients: (record: RecordWrites) => Promise<Updated<T>>;
}

/**
 * Writes into the state file what is about to be written into a client's file.
 * @param configFile docker's config file that it is; null for another client's
 * @param made the file, if it is new, and the folders that were made for it
 */
export type RecordWrites = (
  entries: readonly JournalEntry[],
  configFile: string | null,
  made: readonly string[],
) => void;

/** What the state file says once the clients' files are edited. */
export interface Updated<T> {
  readonly result: T;
  /** Instead of the change's own, if the clients' files could not be edited. */
  readonly registrations?: readonly Registration[];
  readonly configFiles: readonly string[];
  readonly journal: readonly JournalEntry[];
  /** Whether nothing is logged in any more: the state file and the vaults are removed. */
  readonly isEmpty?: boolean;
}

/**
 * All that is kept between runs: the state file with the journal, the vaults, the answer cache. Opened once per command.
 * What it returns is as of the opening, or of its own last commit; credentials and tokens are read when asked for.
 */
export interface Store {
  /** The state folder. */
  readonly folder: string;
  readonly registrations: readonly Registration[];
  /** docker's config files that name our helper or hold a login of ours. */
  readonly configFiles: readonly string[];
  readonly journal: readonly JournalEntry[];
  /** Files and folders that did not exist before our logins. */
  readonly made: readonly string[];
  /** Whether root may have been logged in too, for `sudo docker`. */
  readonly hasRootLogin: boolean;
  /** Why the state folder, or the vault that the state file names, is not used; null where they are, or there is none. */
  readonly problem: UserError | null;
  /** The credential that clients get for a host. */
  find(host: string): SavedLogin | null;
  /** Every saved credential: those that a person stored first. */
  entries(): SavedLogin[];
  /** The credential of a registration; null where it is in no vault, or was lost with the vault. */
  credentialOf(registration: Pick<Registration, "host" | "storage">): SavedLogin | null;
  /** The tokens next to the credentials of a storage; null where there is no such vault (yet). */
  tokens(storage: VaultStorage): Tokens | null;
  /**
   * Makes sure that there is a vault.
   * @returns its tokens
   * @throws UserError when there cannot be one
   */
  prepare(storage: VaultStorage): Promise<Tokens>;
  /**
   * Changes what is saved, while no other process does: saves the new credentials, has the clients' files edited, with a
   * journal of what is written to them, removes the obsolete credentials, writes the state file and refreshes the answer
   * cache. A process that is killed in between leaves no client with an entry that cannot be answered by the next run, and
   * nothing that the next run does not recognize.
   * @param plan a pure function; called when the lock is held, so that the store is up to date
   * @param waitMs how long to wait for another process
   * @returns the change's result, and the folders that were removed
   * @throws UserError when the store cannot be written
   */
  commit<T>(plan: () => Change<T>, waitMs?: number): Promise<{ result: T; removedFolders: readonly string[] }>;
  /** Whether logins of ours may be in credential stores, also those of a run that was killed while it stored them. */
  readonly usesCredentialStores: boolean;
  /**
   * Runs work while no other process puts logins into credential stores, or removes some: between the record of one and its
   * commit, another process would take it for obsolete.
   * @throws UserError when another process does for longer than `waitMs`
   */
  withCredentialStores<T>(work: () => Promise<T>, waitMs: number): Promise<T>;
  /**
   * Records what is about to be written elsewhere than into a client's file.
   * @throws UserError when the store cannot be written
   */
  record(entries: readonly JournalEntry[]): Promise<void>;
  /**
   * Records that root may have been logged in too.
   * @throws UserError when the store cannot be written
   */
  noteRootLogin(): Promise<void>;
  /**
   * Was the secrets file of the codespace written after a login used it?
   * @param writtenAt when it was written, in milliseconds since the epoch
   */
  hasNewerSecrets(writtenAt: number): boolean;
  /** Records that a login used the secrets file that was written at this time. */
  markSecrets(writtenAt: number): void;
  /** Refreshes the cached answers of a host after its token was renewed. */
  refreshAnswer(host: string): void;
}

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
  const storesLock = join(folder, "stores.lock");

  const locate = (host: string): ({ origin: Origin; storage: VaultStorage } & Located) | null => {
    for (const origin of ORIGINS) {
      for (const [storage, vault] of vaults.all) {
        const entry = vault.read(origin, host);
        if (entry !== null) return { origin, storage, vault, entry };
      }
    }
    return null;
  };
  const entries = (): SavedLogin[] =>
    ORIGINS.flatMap((origin) =>
      vaults.all.flatMap(([storage, vault]) =>
        vault.list(origin).map((entry) => ({ entry, origin, storage, folder: vault.folder })),
      ),
    );
  const cache: CacheSource = {
    folder,
    get vaults() {
      return vaults.all.map(([, vault]) => vault);
    },
    find: locate,
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
  const removeObsolete = (isObsolete: (saved: SavedLogin) => boolean): void => {
    const byFolder = new Map(vaults.all.map(([, vault]) => [vault.folder, vault]));
    for (const saved of entries()) {
      if (isObsolete(saved)) byFolder.get(saved.folder)?.remove(saved.origin, saved.entry.host);
    }
    for (const [, vault] of vaults.all) {
      const identities = vault.list("discovered").flatMap(({ aws }) => aws ?? []);
      vault.tokens.retain(new Set(identities.map(tokenName)));
    }
  };
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
      return state.journal.some((entry) => storeOfEntry(entry) !== null) || existsSync(storesLock);
    },
    get hasRootLogin() {
      return state.root === true;
    },
    get problem() {
      return distrust === null ? vaults.problem : new UserError(distrust);
    },
    find: (host) => {
      const found = locate(host);
      if (found === null) return null;
      const { entry, origin, storage, vault } = found;
      return { entry, origin, storage, folder: vault.folder };
    },
    entries,
    credentialOf: ({ host, storage }) => {
      const place = vaultOf({ storage });
      const vault = place === null ? null : vaults[place];
      const entry = vault?.read("discovered", host) ?? null;
      if (place === null || vault === null || entry === null) return null;
      return { entry, origin: "discovered", storage: place, folder: vault.folder };
    },
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
            removeObsolete(isObsolete);
            write(next);
            refreshAnswers(cache, nowSeconds());
          }
        }
      }, waitMs);
    },
    withCredentialStores: async (work, waitMs) => {
      // Makes the folder.
      await locked(async () => undefined, waitMs);
      return await withLock(storesLock, work, waitMs);
    },
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
