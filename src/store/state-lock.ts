import { accessSync, chmodSync, constants, statSync } from "node:fs";
import { join } from "node:path";
import { explainWriteError, UserError } from "../findings/user-error.ts";
import { withLock } from "../platform/lock.ts";
import { isFolderGone, makeFolder } from "../platform/make-folder.ts";
import { explainStateFolder } from "./state-file.ts";

/** What to do where the state folder cannot be written. */
export const HOME_ADVICE = "check owner and mode of the home folder";

/** What a lock in the state folder is for: the state file with all that belongs to it, or the machine's credential stores. */
export type LockName = "lock" | "stores.lock";

/**
 * Runs work while no other process holds a lock in the state folder, which is made if it does not exist.
 * @param work gets the folders that were made
 * @param waitMs milliseconds for which another process may be waited for
 * @throws UserError when the folder cannot be written or is not trusted, or another process holds the lock for too long
 */
export async function withStateLock<T>(
  folder: string,
  work: (made: readonly string[]) => Promise<T>,
  waitMs?: number,
  name: LockName = "lock",
): Promise<T> {
  let made: string[];
  try {
    const distrust = explainStateFolder(folder);
    if (distrust !== null) throw new UserError(distrust);
    made = makeFolder(folder);
    accessSync(folder, constants.W_OK);
    if ((statSync(folder).mode & 0o077) !== 0) chmodSync(folder, 0o700);
  } catch (error) {
    throw explainWriteError(error, folder, HOME_ADVICE);
  }
  const lock = lockFile(folder, name);
  try {
    return await withLock(lock, () => work(made), waitMs);
  } catch (error) {
    // A logout has removed the folder, after it was made and before the lock was.
    if (isFolderGone(error, lock)) return await withStateLock(folder, work, waitMs, name);
    // No room for the lock. Errors of other files come from the work itself.
    const { path } = error as NodeJS.ErrnoException;
    throw path === undefined || path.startsWith(lock) ? explainWriteError(error, folder, HOME_ADVICE) : error;
  }
}

/** The file of a lock; one that is there without a process is of a run that was killed. */
export function lockFile(folder: string, name: LockName): string {
  return join(folder, name);
}
