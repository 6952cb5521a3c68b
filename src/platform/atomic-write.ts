import {
  closeSync,
  fchmodSync,
  fchownSync,
  fsyncSync,
  futimesSync,
  openSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { randomHex } from "./crypto.ts";
import { REPLACING, type Replacing, whileInUse } from "./in-use.ts";

export interface WriteOptions {
  /** Permission bits and owner of the new file; without it 0600 and the process's own. */
  readonly like?: { readonly mode: number; readonly uid: number; readonly gid: number };
  /** The file's time of modification, in epoch seconds. */
  readonly modifiedAt?: number;
  /** Force the file to the disk only after the rename: fsync may take longer than other programs leave a file alone. */
  readonly syncAfterRename?: boolean;
  /** Asked right before the rename; where it returns false, the old file stays. */
  readonly mayReplace?: () => boolean;
  /** See {@link REPLACING}, the default. */
  readonly replacing?: Replacing;
}

/**
 * Writes a file so that at every moment it is either the old one or the new one, complete. The temporary file next to it
 * has a random name and is created exclusively, so that a symlink or file that another user placed there is never used.
 * @param file absolute path, in a folder that exists
 * @returns whether the file was replaced
 * @throws the file system's error; then the old file is untouched
 */
export function writeFileAtomic(file: string, text: string, options: WriteOptions = {}): boolean {
  const { like, modifiedAt, syncAfterRename = false, mayReplace = () => true } = options;
  const { platform, rename, waitMs } = options.replacing ?? REPLACING;
  const temporary = `${temporaryPrefix(file)}${process.pid}-${randomHex(6)}`;
  const path = join(dirname(file), temporary);
  const handle = openSync(path, "wx", 0o600);
  try {
    try {
      writeFileSync(handle, text);
      if (like !== undefined) {
        fchownSync(handle, like.uid, like.gid);
        fchmodSync(handle, like.mode & 0o7777);
      }
      if (modifiedAt !== undefined) futimesSync(handle, modifiedAt, modifiedAt);
      if (!syncAfterRename) fsyncSync(handle);
      // Who has it open may be writing it: the question comes again with each try.
      const replace = whileInUse(
        () => {
          if (!mayReplace()) return false;
          rename(path, file);
          return true;
        },
        platform,
        waitMs,
      );
      if (!replace) rmSync(path);
      if (replace && syncAfterRename) fsyncSync(handle);
      return replace;
    } finally {
      closeSync(handle);
    }
  } catch (error) {
    rmSync(path, { force: true });
    throw error;
  }
}

/** The names in a folder; none where it does not exist or cannot be read. */
export function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/**
 * Removes the temporary files that killed processes left in a folder; those of running processes stay.
 * @param folder absolute path; it need not exist
 */
export function removeTemporaryFiles(folder: string): void {
  for (const name of namesIn(folder)) {
    if (TEMPORARY.test(name) && !isInUse(name)) rmSync(join(folder, name), { force: true });
  }
}

/** Is this the name of a temporary file that another process may be writing? */
export function isInUse(name: string): boolean {
  return isOtherRunningProcess(Number(TEMPORARY.exec(name)?.[1]));
}

// Version 1.0.0 wrote the process id alone.
const TEMPORARY = /^\..+\.registry-login-([0-9]{1,10})(?:-[0-9a-f]{12})?$/;

function isOtherRunningProcess(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** How the names of a file's temporary files begin; the writer's process id and a random part follow. */
export function temporaryPrefix(file: string): string {
  return `.${basename(file)}.registry-login-`;
}
