import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { type Explanation, explain } from "../findings/finding.ts";
import { UserError } from "../findings/user-error.ts";
import { type Environment, homeFolder, variable } from "../platform/environment.ts";
import { parseJson } from "../platform/json.ts";
import { MAX_OWN_BYTES, readOwnFile, revisionOf, writeOwnFile } from "../platform/own-file.ts";
import { explainDistrust, type FolderRules, insideOwnFolder } from "../platform/trust.ts";
import { NO_STATE, normalizeState, parseState, type Registration, type State } from "./state.ts";

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
  const value = normalizeState(next);
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
