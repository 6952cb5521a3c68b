import type { UserError } from "../findings/user-error.ts";
import type { JournalEntry } from "./journal.ts";
import type { Registration, VaultStorage } from "./state.ts";
import type { Tokens } from "./tokens.ts";
import type { Entry, Origin } from "./vault.ts";

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
