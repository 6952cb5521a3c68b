import {
  closeSync,
  fchmodSync,
  fchownSync,
  fsyncSync,
  futimesSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";

/**
 * Writes a file so that at every moment it is either the old one or the new one, whole.
 * @param file absolute path, in a folder that exists
 * @param options `like`: permission bits and owner of the new file, without it 0600 and the process's own; `modifiedAt`:
 *   its time of modification in epoch seconds; `hurries`: the file is only forced to the disk once it is in its place,
 *   since that may take longer than others leave a file alone; `mayReplace`: asked at
 *   the last moment, and where it says no, the old file stays
 * @returns whether the file was replaced
 * @throws the file system's error; then the old file is untouched
 */
export function writeFileAtomic(
  file: string,
  text: string,
  {
    like,
    modifiedAt,
    hurries = false,
    mayReplace = () => true,
  }: {
    readonly like?: { mode: number; uid: number; gid: number };
    readonly modifiedAt?: number;
    readonly hurries?: boolean;
    readonly mayReplace?: () => boolean;
  } = {},
): boolean {
  const draft = join(dirname(file), `${draftPrefix(file)}${process.pid}`);
  const handle = openSync(draft, "w", 0o600);
  try {
    try {
      writeFileSync(handle, text);
      if (like !== undefined) {
        fchownSync(handle, like.uid, like.gid);
        fchmodSync(handle, like.mode & 0o7777);
      }
      if (modifiedAt !== undefined) futimesSync(handle, modifiedAt, modifiedAt);
      if (!hurries) fsyncSync(handle);
      const replace = mayReplace();
      if (replace) renameSync(draft, file);
      else rmSync(draft);
      if (replace && hurries) fsyncSync(handle);
      return replace;
    } finally {
      closeSync(handle);
    }
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}

/** The names in a folder; none where it is not there, or cannot be read. */
export function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/**
 * Removes the drafts that killed processes left in a folder; those of processes that run stay.
 * @param folder absolute path; one that is not there has none
 */
export function removeDrafts(folder: string): void {
  for (const name of namesIn(folder)) {
    const pid = DRAFT.exec(name)?.[1];
    if (pid !== undefined && !runsBesideUs(Number(pid))) rmSync(join(folder, name), { force: true });
  }
}

const DRAFT = /^\..+\.registry-login-([0-9]{1,10})$/;

function runsBesideUs(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** How the drafts of a file are named, up to the number of the process that writes one. */
export function draftPrefix(file: string): string {
  return `.${basename(file)}.registry-login-`;
}
