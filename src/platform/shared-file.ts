import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statSync,
} from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { explain } from "../findings/finding.ts";
import { explainWriteError, UserError } from "../findings/user-error.ts";
import { draftPrefix } from "./atomic-write.ts";
import { UNWRITTEN_STALE_MS, withLock } from "./lock.ts";
import { NOT_REPLACEABLE, readIfThere, replaceText } from "./replace-file.ts";

/** How often an edit starts again because another program wrote the file meanwhile, before it gives up. */
const MAX_RETRIES = 500;

/** Enough to see that a lock is left behind, whatever it says. */
const TIDY_WAIT_MS = UNWRITTEN_STALE_MS + 500;

/** Says how many milliseconds another process that edits the file may be waited for now. */
export type LockWait = () => number;

/** As many as Linux itself follows (path_resolution(7)). */
const MAX_LINKS = 40;

/**
 * Edits a configuration file that other programs use too.
 *
 * Under a lock; symlinks are followed and stay; mode and owner stay; a new file gets 0600 and new folders 0700. The
 * file is replaced in one step, or rewritten in place where that is impossible (a bind-mounted file). Nothing is
 * written when the text does not change. The other programs know nothing of the lock: where one of them wrote the file
 * since it was read, the edit starts again from what it wrote.
 * @param file absolute path
 * @param edit old text (null: there is no file) -> new text; what it throws leaves the file untouched. Pure, since it
 * may be asked more than once
 * @param options `holdsSecret`: asked after `edit`: is the new text for its owner alone? Then the mode loses what others
 *   had; `beforeWrite`: called after `edit` when its text is about to be written; `lockWait`: for another process
 * @returns whether the file was written
 * @throws UserError when the file cannot be read or written
 */
export async function editConfigFile(
  file: string,
  edit: (text: string | null) => string,
  {
    holdsSecret = () => false,
    beforeWrite = () => undefined,
    lockWait,
  }: {
    readonly holdsSecret?: () => boolean;
    readonly beforeWrite?: () => void;
    readonly lockWait?: LockWait | undefined;
  } = {},
): Promise<boolean> {
  try {
    const target = followLinks(join(followLinks(dirname(file)), basename(file)));
    // A device would be replaced by a file, and a pipe be waited for.
    if (statSync(target, { throwIfNoEntry: false })?.isFile() === false) {
      throw new UserError(explain("not-a-file", { path: file }));
    }
    if (!existsSync(target) && edit(null) === "") return false;
    mkdirSync(dirname(target), { recursive: true, mode: 0o700 });
    return await lockIfPossible(`${target}.registry-login.lock`, lockWait, () => {
      removeOldDrafts(target);
      for (let retries = 0; ; retries++) {
        const before = readIfThere(target);
        const after = edit(before);
        // Before the secret is in it: nobody may read it even for a moment.
        if (before !== null && holdsSecret()) chmodSync(target, statSync(target).mode & 0o7700);
        if (after === (before ?? "")) return false;
        beforeWrite();
        if (replaceText(target, before, after, retries > 0)) return true;
        // To write all the same would undo what another program has just written.
        if (retries === MAX_RETRIES) throw new UserError(explain("config-busy", { file }));
      }
    });
  } catch (error) {
    throw explainWriteError(error, file, "check its owner and mode, then run registry-login");
  }
}

/**
 * Takes away what killed runs left beside a file that is not to be edited: a lock, and drafts, which may hold a secret.
 * @param file absolute path
 */
export async function tidyConfigFile(file: string): Promise<void> {
  try {
    const target = followLinks(join(followLinks(dirname(file)), basename(file)));
    const lock = `${target}.registry-login.lock`;
    const names = readdirSync(dirname(target));
    const isLeft = names.some((name) => name === basename(lock) || name.startsWith(draftPrefix(target)));
    if (isLeft) await withLock(lock, () => removeOldDrafts(target), TIDY_WAIT_MS);
  } catch {
    // Nothing that stands in the way: whoever edits the file next says what is wrong with it.
  }
}

/** Where a path leads, also when the last target does not exist (yet), for which realpath(3) would fail. */
function followLinks(path: string): string {
  let target = path;
  for (let links = 0; lstatSync(target, { throwIfNoEntry: false })?.isSymbolicLink() === true; links++) {
    if (links === MAX_LINKS) throw new UserError(explain("link-loop", { path }));
    const folder = dirname(target);
    target = resolve(existsSync(folder) ? realpathSync(folder) : folder, readlinkSync(target));
  }
  return target;
}

/** Where the folder takes no lock file, the file itself may still be ours to write (a bind mount into a foreign folder). */
async function lockIfPossible<T>(lock: string, lockWait: LockWait | undefined, work: () => T): Promise<T> {
  try {
    return await withLock(lock, work, lockWait?.());
  } catch (error) {
    if (!isLockRefusal(error, lock)) throw error;
    return work();
  }
}

function isLockRefusal(error: unknown, lock: string): boolean {
  const { code, path } = error as NodeJS.ErrnoException;
  return NOT_REPLACEABLE.has(code ?? "") && path?.startsWith(lock) === true;
}

/** What a killed run left; only the holder of the lock writes drafts, so none of them is in use. */
function removeOldDrafts(target: string): void {
  const prefix = draftPrefix(target);
  for (const name of readdirSync(dirname(target))) {
    if (name.startsWith(prefix)) rmSync(join(dirname(target), name), { force: true });
  }
}
