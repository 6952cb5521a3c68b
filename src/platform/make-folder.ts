import { mkdirSync, rmdirSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Makes a folder for this user alone, with the folders above it.
 * @returns those that did not exist, the outermost first
 */
export function makeFolder(folder: string): string[] {
  const first = mkdirSync(folder, { recursive: true, mode: 0o700 });
  const made: string[] = [];
  for (let each = folder; first !== undefined && each.length >= first.length; each = dirname(each)) made.unshift(each);
  return made;
}

/** Did a lock fail because another process has just removed its empty folder? */
export function isFolderGone(error: unknown, lock: string): boolean {
  const { code, path } = error as NodeJS.ErrnoException;
  return code === "ENOENT" && path?.startsWith(lock) === true;
}

/** Removes those folders in which nothing is left, the innermost first. Files, and folders that are in use, stay. */
export function removeEmptyFolders(folders: readonly string[]): void {
  for (const folder of folders.toSorted((a, b) => b.length - a.length)) {
    try {
      rmdirSync(folder);
    } catch {
      // It is not empty, was removed before, or is a file.
    }
  }
}
