import { existsSync, readdirSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { explain } from "../findings/finding.ts";
import { explainWriteError, UserError } from "../findings/user-error.ts";
import { isInUse, temporaryPrefix } from "./atomic-write.ts";
import { UNWRITTEN_STALE_MS, withLock } from "./lock.ts";
import { openPlace, type Place } from "./place.ts";
import { MAX_CONFIG_BYTES, tooLarge } from "./read-file.ts";
import {
  closeToOthers,
  NOT_REPLACEABLE,
  readSharedText,
  removeText,
  replaceText,
  type SharedText,
} from "./replace-file.ts";

/** How often an edit starts again because another program wrote the file meanwhile, before it gives up. */
const MAX_RETRIES = 500;

/** How often it starts again because the folder was removed. */
const MAX_FOLDER_RETRIES = 5;

/** Enough to recognize a stale lock, whatever it says. */
const CLEAN_UP_WAIT_MS = UNWRITTEN_STALE_MS + 500;

/** Returns how many milliseconds another process that edits the file may be waited for now. */
export type LockWait = () => number;

/** What an edit makes of a file. */
export interface Edit {
  /** The new text; the old one where nothing changes. */
  readonly text: string;
  /** Whether the new text holds a secret. The file's mode then loses what group and others had. */
  readonly holdsSecret: boolean;
}

interface EditOptions<E> {
  readonly beforeWrite?: (edit: E, made: readonly string[]) => void;
  readonly lockWait?: LockWait | undefined;
  readonly made?: readonly string[];
  readonly leavesNoTrace?: boolean;
}

/**
 * Edits a file that other programs write too.
 *
 * Under a lock; symlinks are followed and stay, except those that another user made; mode and owner stay; a new file gets
 * 0600 and new folders 0700. The file is replaced in one step, or rewritten in place where that is impossible (a
 * bind-mounted file). Nothing is written when the text does not change. The other programs do not know the lock: where one of them wrote the file
 * since it was read, the edit starts again from what it wrote.
 * @param file absolute path
 * @param edit a pure function of the old text (null: there is no file); what it throws leaves the file untouched
 * @param options `beforeWrite`: called with an edit that is about to be written, and the file and the folders that the
 * edit makes; `lockWait`: for another process; `made`: files that earlier edits made, which are removed once nothing is
 * left in them; `leavesNoTrace`: nothing is made next to the file, not even a lock, if nothing changes
 * @returns the edit that the file holds now, and whether it was written
 * @throws UserError when the file cannot be read or written
 */
export async function editSharedFile<E extends Edit>(
  file: string,
  edit: (before: string | null) => E,
  options: EditOptions<E> = {},
): Promise<{ readonly edit: E; readonly changed: boolean }> {
  for (let tries = 0; ; tries++) {
    try {
      return await editOnce(file, edit, options);
    } catch (error) {
      // A logout of another process has removed the empty folder, after it was opened and before the lock was made.
      if ((error as NodeJS.ErrnoException).code === "ENOENT" && tries < MAX_FOLDER_RETRIES) continue;
      throw explainWriteError(error, file, "check its owner and mode, then run registry-login");
    }
  }
}

async function editOnce<E extends Edit>(
  file: string,
  edit: (before: string | null) => E,
  { beforeWrite = () => undefined, lockWait, made = [], leavesNoTrace = false }: EditOptions<E>,
): Promise<{ readonly edit: E; readonly changed: boolean }> {
  if (leavesNoTrace || !isThere(file)) {
    const before = readOnce(file);
    const first = edit(before);
    if (first.text === (before ?? "")) return { edit: first, changed: false };
  }
  return await inPlace(file, true, async (place) =>
    lockIfPossible(place, lockOf({ file }), lockWait, (isLocked) => {
      removeTemporaryFilesOf(place, isLocked);
      for (let retries = 0; ; retries++) {
        const before = readSharedText(place.file, file);
        const after = edit(before?.text ?? null);
        const { text, holdsSecret } = after;
        const grows = text.length > (before?.text ?? "").length;
        // The next run could not read it, and so not remove what this one wrote.
        if (grows && Buffer.byteLength(text) > MAX_CONFIG_BYTES) throw tooLarge(file, MAX_CONFIG_BYTES);
        if (holdsSecret && before !== null) checkOwner(place, before, file);
        if (before !== null && made.includes(place.name) && holdsNothing(text)) {
          if (removeText(place.file, before.text)) return { edit: after, changed: true };
          continue;
        }
        if (text === (before?.text ?? "")) {
          if (holdsSecret) closeToOthers(place.file);
          return { edit: after, changed: false };
        }
        beforeWrite(after, before === null ? [...place.made, place.name] : place.made);
        if (replaceText(place.file, before, { text, holdsSecret, syncAfterRename: retries > 0, name: file })) {
          return { edit: after, changed: true };
        }
        // Writing anyway would undo what another program has just written.
        if (retries === MAX_RETRIES) throw new UserError(explain("config-busy", { file }));
      }
    }),
  );
}

/** An empty file, or a JSON object with nothing but empty objects. */
function holdsNothing(text: string): boolean {
  return /^\s*(?:\{\s*(?:"[A-Za-z]+"\s*:\s*\{\s*\}\s*,?\s*)*\})?\s*$/.test(text);
}

/**
 * Removes what killed runs left next to a file that is not going to be edited: a lock, and temporary files, which may
 * hold a secret.
 * @param file absolute path
 */
export async function cleanUpAround(file: string): Promise<void> {
  try {
    await inPlace(file, false, async (place) => {
      const lock = lockOf(place);
      const names = readdirSync(place.folder);
      const isLeft = names.some((name) => name === basename(lock) || name.startsWith(temporaryPrefix(place.file)));
      const work = (isLocked: boolean): void => removeTemporaryFilesOf(place, isLocked);
      if (isLeft) await lockIfPossible(place, lock, () => CLEAN_UP_WAIT_MS, work);
    });
  } catch {
    // Nothing depends on it: whoever edits the file next reports what is wrong with it.
  }
}

async function inPlace<T>(file: string, create: boolean, work: (place: Place) => Promise<T>): Promise<T> {
  const place = openPlace(file, create);
  // The file system's own error for a folder that is missing.
  if (place === null) throw Object.assign(new Error(file), { code: "ENOENT" });
  try {
    return await work(place);
  } finally {
    place.close();
  }
}

function isThere(file: string): boolean {
  const place = openPlace(file, false);
  if (place === null) return false;
  try {
    return existsSync(place.file);
  } finally {
    place.close();
  }
}

function readOnce(file: string): string | null {
  const place = openPlace(file, false);
  if (place === null) return null;
  try {
    return readSharedText(place.file, file)?.text ?? null;
  } finally {
    place.close();
  }
}

/** The owner of a file may read it, whatever its mode. */
function checkOwner(place: Place, { stats }: SharedText, file: string): void {
  const owned = { uid: Number(stats.uid), gid: Number(stats.gid), mode: Number(stats.mode) };
  if (place.isOfOthers(owned)) throw new UserError(explain("file-of-another", { path: file, uid: owned.uid }));
}

function lockOf({ file }: Pick<Place, "file">): string {
  return `${file}.registry-login.lock`;
}

/**
 * Where the folder does not allow a lock file, the file itself may still be writable (a bind mount into a foreign folder).
 * A lock that another user put there, as anybody can in /tmp, is not waited for: it may never be removed.
 */
async function lockIfPossible<T>(
  place: Place,
  name: string,
  lockWait: LockWait | undefined,
  work: (isLocked: boolean) => T,
): Promise<T> {
  const lock = lockOf(place);
  try {
    return await withLock(lock, () => work(true), lockWait?.(), { name, isOfOthers: place.isOfOthers });
  } catch (error) {
    if (!isLockRefusal(error, lock)) throw error;
    return work(false);
  }
}

function isLockRefusal(error: unknown, lock: string): boolean {
  const { code, path } = error as NodeJS.ErrnoException;
  return NOT_REPLACEABLE.has(code ?? "") && path?.startsWith(lock) === true;
}

/** What a killed run left. Only the holder of the lock writes temporary files, so none of them is in use then. */
function removeTemporaryFilesOf({ file, folder }: Place, isLocked: boolean): void {
  const prefix = temporaryPrefix(file);
  for (const name of readdirSync(folder)) {
    if (!name.startsWith(prefix) || (!isLocked && isInUse(name))) continue;
    try {
      rmSync(join(folder, name), { force: true });
    } catch {
      // Another user's file in a sticky folder, or a folder: no run of this user's left it.
    }
  }
}
