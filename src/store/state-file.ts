import { mkdirSync, statSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import * as z from "zod/mini";
import { type Code, type Explanation, explain, isCode } from "../findings/finding.ts";
import { UserError } from "../findings/user-error.ts";
import { type Environment, homeFolder, variable } from "../platform/environment.ts";
import { epochTime } from "../platform/epoch.ts";
import { parseJson } from "../platform/json.ts";
import { MAX_OWN_BYTES, readOwnFile, revisionOf, writeOwnFile } from "../platform/own-file.ts";
import { explainDistrust, type FolderRules, insideOwnFolder } from "../platform/trust.ts";
import { printable } from "../printable.ts";
import { parseRegistry } from "../registries/registry.ts";
import { isNpmEntry, type JournalEntry, journalEntry } from "./journal.ts";

// Reports and the credential helper print these: what is read back must not forge a line.
const shown = z.pipe(z.string(), z.transform(printable));

const failure = z.object({
  outcome: z.enum(["refused", "unreachable", "failed"]),
  code: z.custom<Code>(isCode),
  message: shown,
  hint: shown,
});

/** Why a login, or the renewal of a token, failed. Holds no secret. */
export type LoginFailure = z.infer<typeof failure>;

export { failure as loginFailure };

/** A run that needs a login until it ends, such as a job of a CI system: its id, and when it logged in, in epoch seconds. */
const lease = z.object({ id: z.string(), at: epochTime });

// What a newer agent adds to these must survive this one.
const registration = z.looseObject({
  identifier: shown,
  host: z.string(),
  source: z._default(z.enum(["environment", "option", "codespaces", "github-token", "gitlab"]), "environment"),
  storage: z.enum(["memory", "disk", "plaintext", "npmrc", "store", "none"]),
  /** With the storage `store`: the credential store of the machine, as docker's configuration names it. */
  store: z.optional(shown),
  /** With it: the revision of docker's config file at which the store was seen to have the login; see {@link revisionOf}. */
  configRevision: z.optional(z.string()),
  /** With the storage `plaintext`: the credential store that fails, so that docker reads its file. */
  fallback: z.optional(shown),
  /** Fingerprint of the secrets that the login was made from, and when a token made from them is to be replaced, in epoch seconds. */
  secrets: z.optional(z.string()),
  renewAt: z.optional(epochTime),
  /** Whether the registry has accepted the credential. */
  verified: z.boolean(),
  /** When it last did, in epoch seconds; null where it did not, or an older agent did not write the time down. */
  verifiedAt: z._default(z.catch(z.nullable(epochTime), null), null),
  /** Since when the starts of the container do not have its secrets any more, in epoch seconds. */
  absentSince: z.optional(epochTime),
  /** Newer secrets that the registry rejected while this login stayed: their fingerprint, and why. */
  rejected: z.optional(z.object({ secrets: z.string(), message: shown, hint: shown })),
  /** With the storage `none`: nothing is stored, but the helper can report the cause when a client asks for the host. */
  failure: z.optional(failure),
  /** The runs that need it: the last one to end removes it. A login without this list stays until a person removes it. */
  leases: z.optional(z.array(lease)),
});

const state = z.looseObject({
  version: z.literal(1),
  /** The folder of the memory vault. */
  memory: z.optional(z.string()),
  /** The docker config files that name our helper or hold a login of ours; several with DOCKER_CONFIG or REGISTRY_AUTH_FILE. */
  configs: z._default(z.array(z.string()), []),
  registered: z.array(registration),
  /** Files and folders outside of the vaults that did not exist before: a logout that leaves them empty removes them. */
  made: z._default(z.array(z.string()), []),
  /** Whether a login as root was made too, for `sudo docker`: a logout removes it. */
  root: z.optional(z.boolean()),
  journal: z._default(z.array(journalEntry), []),
});

/** The login of one registry, as the state file records it. Holds no secret. */
export type Registration = z.infer<typeof registration>;

/** Where our helper's credentials are: in a folder on tmpfs, or in one below the home folder. */
export type VaultStorage = "memory" | "disk";

/** The vault that holds a login's credential, for our helper to answer; null where it is in no vault. */
export function vaultOf({ storage }: Pick<Registration, "storage">): VaultStorage | null {
  return storage === "memory" || storage === "disk" ? storage : null;
}

/** The content of the state file; docker's own config.json cannot hold it, since docker drops keys that it does not know. */
export type State = z.infer<typeof state>;

/**
 * Our folder below the home folder. XDG_STATE_HOME is ignored: the login hook and a later shell may differ in it, and
 * each has to find what the other left. On Windows it is in the part of the profile that stays on the machine.
 */
export function stateFolder(env: Environment, platform = process.platform): string {
  if (platform !== "win32") return join(homeFolder(env, platform), ".local", "state", "registry-login");
  const local = variable(env, "LOCALAPPDATA", platform) || join(homeFolder(env, platform), "AppData", "Local");
  return join(local, "registry-login");
}

/** It holds no secret. Where others may read it, the next commit closes it. */
const RULES: FolderRules = {
  privacy: "unwritable",
  explainOpen: (folder) => explain("state-open", { folder }),
  explainOwner: (folder, uid) => explain("state-of-another", { folder, uid }),
};

/** Why another user could have written what is in the state folder; null where nobody could, or there is none yet. */
export function explainStateFolder(folder: string): Explanation | null {
  return explainDistrust(folder, RULES);
}

/** What no state file says. */
export const NO_STATE: State = { version: 1, configs: [], registered: [], made: [], journal: [] };

/** The state, and the revision of the file that it was read from; "" where there is no file. */
export interface ReadState {
  readonly state: State;
  readonly revision: string;
}

/** Reads the state file of a folder that is trusted; one that is missing, damaged or not ours counts as an empty one. */
export function readState(folder: string): ReadState {
  const file = insideOwnFolder(folder, (here) => readOwnFile(stateFile(here)));
  if (file === null) return { state: NO_STATE, revision: "" };
  return { state: parseState(parseJson(file.text)), revision: file.revision };
}

/** The revision of the file now, without reading it; see {@link ReadState}. */
export function stateRevision(folder: string): string {
  const stats = statSync(stateFile(folder), { bigint: true, throwIfNoEntry: false });
  return stats === undefined ? "" : revisionOf(stats);
}

/**
 * Writes the state file, unless it says the same already.
 * @param before the state that was read last
 * @returns the state as the next run reads it
 * @throws the file system's error where the home folder cannot be written
 */
export function writeState(folder: string, before: State, next: State): State {
  // The keys in one order, whoever made the value.
  const value = state.parse(next);
  if (JSON.stringify(value) === JSON.stringify(before)) return before;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeOwnFile(stateFile(folder), textOf(value), { advice: FEWER_LOGINS });
  return value;
}

const FEWER_LOGINS = "log out of registries that are not in use, with registry-login logout HOST";

/** Registrations may fill half of the state file: the rest is for the journal, which is written before they are. */
const MAX_REGISTRATIONS_BYTES = MAX_OWN_BYTES / 2;

/**
 * Makes sure that registrations can be written down, before anything else is changed for them.
 * @throws UserError where they cannot
 */
export function checkRoom(folder: string, before: readonly Registration[], next: readonly Registration[]): void {
  const size = Buffer.byteLength(textOf(next));
  if (size <= MAX_REGISTRATIONS_BYTES || size <= Buffer.byteLength(textOf(before))) return;
  const limit = MAX_OWN_BYTES / 1024;
  throw new UserError(explain("too-large-to-save", { path: stateFile(folder), limit, advice: FEWER_LOGINS }));
}

function textOf(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

export function stateFile(folder: string): string {
  return join(folder, "state.json");
}

/** Each is edited by each login. Those that do not exist any more are dropped there, so that nobody has as many. */
const MAX_CONFIG_FILES = 500;

/** Row by row: what another version of the agent wrote must not hide the rest. */
function parseState(value: unknown): State {
  const loose = z.looseObject({}).safeParse(value);
  if (!loose.success) return NO_STATE;
  const { pending, ...rest } = loose.data;
  const rows = rowsOf(rest.registered, ["identifier", "host", "storage"]);
  const configs = z.array(z.string()).safeParse(rest.configs ?? []);
  const parsed = state.safeParse({
    ...rest,
    ...(configs.success ? { configs: [...new Set(configs.data)].filter(isAbsolute).slice(-MAX_CONFIG_FILES) } : {}),
    registered: rows.flatMap((row) => {
      const { auths: _, npmrc: __, ...known } = row;
      const parsed = registration.safeParse(known);
      return parsed.success && isCanonicalHost(parsed.data.host) ? [parsed.data] : [];
    }),
    journal: rowsOf(rest.journal, ["file", "key", "sha256"]).filter((row) => journalEntry.safeParse(row).success),
  });
  if (!parsed.success) return NO_STATE;
  const older = entriesOfVersion1([...rows, ...rowsOf(pending, ["host"])], parsed.data.configs);
  return { ...parsed.data, journal: [...parsed.data.journal, ...older] };
}

/** How version 1.0.0 remembered its values: by key in the row of a login, and not by file; or as `pending`, one that it was about to write or had removed. */
const version1Values = z.object({
  auths: z.optional(z.record(z.string(), z.string())),
  npmrc: z.optional(z.object({ file: z.string(), line: z.string() })),
  host: z.string(),
  goneAt: z.optional(z.number()),
});

/** More than any run of that version left: in a damaged file, each of many keys may be in each of many files. */
const MAX_VERSION1_ENTRIES = 500;

function entriesOfVersion1(rows: readonly unknown[], configs: readonly string[]): JournalEntry[] {
  const older: JournalEntry[] = [];
  for (const row of rows) {
    const parsed = version1Values.safeParse(row);
    if (!parsed.success) continue;
    const { auths = {}, npmrc, host, goneAt } = parsed.data;
    const since = goneAt ?? null;
    const line = npmrc && { file: npmrc.file, key: `//${host}/:_authToken`, sha256: npmrc.line, since };
    const logins = Object.entries(auths);
    if (older.length + logins.length * configs.length > MAX_VERSION1_ENTRIES) return older;
    for (const [key, sha256] of logins) older.push(...configs.map((file) => ({ file, key, sha256, since })));
    if (line !== undefined && isNpmEntry(line)) older.push(line);
  }
  return older;
}

/** The objects in a list that have these texts. To look at a list of anything else more closely would take much memory. */
function rowsOf(value: unknown, keys: readonly string[]): Record<string, unknown>[] {
  const isRow = (row: unknown): row is Record<string, unknown> =>
    typeof row === "object" &&
    row !== null &&
    keys.every((key) => typeof (row as Record<string, unknown>)[key] === "string");
  return Array.isArray(value) ? value.filter(isRow) : [];
}

function isCanonicalHost(host: string): boolean {
  try {
    return parseRegistry(host).host === host;
  } catch {
    return false;
  }
}
