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
import { temporaryPrefix } from "./atomic-write.ts";
import { UNWRITTEN_STALE_MS, withLock } from "./lock.ts";
import { MAX_CONFIG_BYTES, tooLarge } from "./read-file.ts";
import { NOT_REPLACEABLE, readIfThere, replaceText } from "./replace-file.ts";

/** How often an edit starts again because another program wrote the file meanwhile, before it gives up. */
const MAX_RETRIES = 500;

/** Enough to recognize a stale lock, whatever it says. */
const CLEAN_UP_WAIT_MS = UNWRITTEN_STALE_MS + 500;

/** Returns how many milliseconds another process that edits the file may be waited for now. */
export type LockWait = () => number;

/** As many as Linux itself follows (path_resolution(7)). */
const MAX_LINKS = 40;

/** What an edit makes of a file. */
export interface Edit {
  /** The new text; the old one where nothing changes. */
  readonly text: string;
  /** Whether the new text holds a secret. The file's mode then loses what group and others had. */
  readonly holdsSecret: boolean;
}

/**
 * Edits a file that other programs write too.
 *
 * Under a lock; symlinks are followed and stay; mode and owner stay; a new file gets 0600 and new folders 0700. The
 * file is replaced in one step, or rewritten in place where that is impossible (a bind-mounted file). Nothing is
 * written when the text does not change. The other programs do not know the lock: where one of them wrote the file
 * since it was read, the edit starts again from what it wrote.
 * @param file absolute path
 * @param edit a pure function of the old text (null: there is no file); what it throws leaves the file untouched
 * @param options `beforeWrite`: called with an edit that is about to be written; `lockWait`: for another process
 * @returns the edit that the file holds now, and whether it was written
 * @throws UserError when the file cannot be read or written
 */
export async function editSharedFile<E extends Edit>(
  file: string,
  edit: (before: string | null) => E,
  options: { readonly beforeWrite?: (edit: E) => void; readonly lockWait?: LockWait | undefined } = {},
): Promise<{ readonly edit: E; readonly changed: boolean }> {
  const { beforeWrite = () => undefined, lockWait } = options;
  try {
    const target = resolveTarget(file);
    // A device would be replaced by a file, and a FIFO be waited for.
    if (statSync(target, { throwIfNoEntry: false })?.isFile() === false) {
      throw new UserError(explain("not-a-file", { path: file }));
    }
    if (!existsSync(target)) {
      const first = edit(null);
      if (first.text === "") return { edit: first, changed: false };
    }
    mkdirSync(dirname(target), { recursive: true, mode: 0o700 });
    return await lockIfPossible(lockOf(target), lockWait, () => {
      removeTemporaryFilesOf(target);
      for (let retries = 0; ; retries++) {
        const before = readIfThere(target);
        const after = edit(before);
        const grows = after.text.length > (before ?? "").length;
        // The next run could not read it, and so not remove what this one wrote.
        if (grows && Buffer.byteLength(after.text) > MAX_CONFIG_BYTES) throw tooLarge(file, MAX_CONFIG_BYTES);
        // Before the secret is in it: nobody may read it even for a moment.
        if (before !== null && after.holdsSecret) chmodSync(target, statSync(target).mode & 0o7700);
        if (after.text === (before ?? "")) return { edit: after, changed: false };
        beforeWrite(after);
        if (replaceText(target, before, after.text, retries > 0)) return { edit: after, changed: true };
        // Writing anyway would undo what another program has just written.
        if (retries === MAX_RETRIES) throw new UserError(explain("config-busy", { file }));
      }
    });
  } catch (error) {
    throw explainWriteError(error, file, "check its owner and mode, then run registry-login");
  }
}

/**
 * Removes what killed runs left next to a file that is not going to be edited: a lock, and temporary files, which may
 * hold a secret.
 * @param file absolute path
 */
export async function cleanUpAround(file: string): Promise<void> {
  try {
    const target = resolveTarget(file);
    const lock = lockOf(target);
    const names = readdirSync(dirname(target));
    const isLeft = names.some((name) => name === basename(lock) || name.startsWith(temporaryPrefix(target)));
    if (isLeft) await withLock(lock, () => removeTemporaryFilesOf(target), CLEAN_UP_WAIT_MS);
  } catch {
    // Nothing depends on it: whoever edits the file next reports what is wrong with it.
  }
}

function lockOf(target: string): string {
  return `${target}.registry-login.lock`;
}

function resolveTarget(file: string): string {
  return followLinks(join(followLinks(dirname(file)), basename(file)));
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

/** Where the folder does not allow a lock file, the file itself may still be writable (a bind mount into a foreign folder). */
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

/** What a killed run left; only the holder of the lock writes temporary files, so none of them is in use. */
function removeTemporaryFilesOf(target: string): void {
  const prefix = temporaryPrefix(target);
  for (const name of readdirSync(dirname(target))) {
    if (name.startsWith(prefix)) rmSync(join(dirname(target), name), { force: true });
  }
}
