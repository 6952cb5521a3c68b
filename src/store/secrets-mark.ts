import { existsSync, lstatSync, rmSync } from "node:fs";
import { join } from "node:path";
import { writeFileAtomic } from "../platform/atomic-write.ts";

/** Two milliseconds, within which times that went through floating-point seconds are the same. */
const PRECISION_MS = 2;

/**
 * An empty file whose modification time says which secrets file of a codespace was used last. The launcher of the
 * credential helper compares the two with `-nt`.
 */
function markFile(stateFolder: string): string {
  return join(stateFolder, "secrets-read");
}

/**
 * Was the secrets file written after a run used it?
 * @param writtenAt when it was written, in milliseconds since the epoch
 * @returns false where no run has used one
 */
export function isNewerThanMark(stateFolder: string, writtenAt: number): boolean {
  const mark = lstatSync(markFile(stateFolder), { throwIfNoEntry: false });
  return mark !== undefined && writtenAt > mark.mtimeMs;
}

/**
 * Records that the secrets file was used. Without it, the new secrets are only used at the next login.
 * @param writtenAt when it was written, in milliseconds since the epoch
 */
export function writeMark(stateFolder: string, writtenAt: number): void {
  const file = markFile(stateFolder);
  const before = lstatSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (!existsSync(stateFolder) || (before >= writtenAt && before <= writtenAt + PRECISION_MS)) return;
  try {
    writeFileAtomic(file, "", { modifiedAt: (Math.ceil(writtenAt) + 1) / 1000 });
  } catch {
    // The home folder cannot be written, which the login itself reports.
  }
}

/** Removes the record, with the last login. */
export function removeMark(stateFolder: string): void {
  rmSync(markFile(stateFolder), { force: true });
}
