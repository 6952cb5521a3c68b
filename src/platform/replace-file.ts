import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  lstatSync,
  openSync,
  rmSync,
  writeSync,
} from "node:fs";
import { explain } from "../findings/finding.ts";
import { UserError } from "../findings/user-error.ts";
import { writeFileAtomic } from "./atomic-write.ts";
import { isFileInUse, REPLACING, type Replacing, whileInUse } from "./in-use.ts";
import { revisionOf } from "./own-file.ts";
import { pause } from "./pause.ts";
import { type FileContent, MAX_CONFIG_BYTES, readRegularFile } from "./read-file.ts";

/** Errors on which a file can still be rewritten in place: a mount point, another file system, a folder that is not ours. */
export const NOT_REPLACEABLE: ReadonlySet<string> = new Set(["EBUSY", "EXDEV", "EACCES", "EPERM", "EROFS"]);

const REST_MS = 1;

/** The text of a file, and its owner and mode when it was read. */
export interface SharedText {
  readonly text: string;
  readonly stats: FileContent["stats"];
}

/**
 * Reads a file that is going to be edited; null where there is none.
 * @param file a path whose last part is not followed if it is a symlink
 * @param name what messages call it
 * @throws UserError where it is not a regular file, too large for a config file, or not UTF-8
 */
export function readSharedText(file: string, name: string): SharedText | null {
  const content = readRegularFile(file, { maxBytes: MAX_CONFIG_BYTES, followLinks: false, name });
  if (content === null) return null;
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(content.bytes);
    return { text, stats: content.stats };
  } catch {
    throw new UserError(explain("config-not-utf8", { file: name }));
  }
}

/** A new text for a file. */
export interface Replacement {
  readonly text: string;
  /** Group and others lose what the file's mode gave them. */
  readonly holdsSecret: boolean;
  /** See {@link writeFileAtomic}. */
  readonly syncAfterRename: boolean;
  /** What messages call the file. */
  readonly name: string;
}

/**
 * Replaces a file in one step, or rewrites it in place where that is impossible, unless somebody wrote it meanwhile. Mode and
 * owner stay.
 * @param file as with {@link readSharedText}
 * @param before what it held when it was read, null where it did not exist
 * @param replacing how this system does it
 * @returns whether the file holds the new text now
 * @throws UserError where another program has the file open, on Windows; the file system's error
 */
export function replaceText(
  file: string,
  before: SharedText | null,
  replacement: Replacement,
  replacing: Replacing = REPLACING,
): boolean {
  const { text, holdsSecret, syncAfterRename } = replacement;
  const mayReplace = (): boolean => isStill(file, before?.text ?? null);
  const like = before === null ? {} : { like: ownership(before.stats, holdsSecret) };
  try {
    return writeFileAtomic(file, text, { ...like, syncAfterRename, mayReplace, replacing });
  } catch (error) {
    // Nothing is mounted on a single file there: another program has it open, and may be reading it.
    if (isFileInUse(error, file, replacing.platform)) {
      const { code = "" } = error as NodeJS.ErrnoException;
      throw new UserError(explain("config-in-use", { file: replacement.name, error: code }));
    }
    if (before === null || !NOT_REPLACEABLE.has((error as NodeJS.ErrnoException).code ?? "")) throw error;
    if (!mayReplace()) return false;
    try {
      rewriteInPlace(file, Buffer.from(text), holdsSecret);
      return true;
    } catch (failure) {
      // No room for the new text: the old one, which the file still held a moment ago, had room.
      rewriteInPlace(file, Buffer.from(before.text), false);
      throw failure;
    }
  }
}

/**
 * Removes a file, unless somebody wrote it meanwhile.
 * @param file as with {@link readSharedText}
 * @param before what it held when it was read
 * @returns whether it is gone
 */
export function removeText(file: string, before: string): boolean {
  return whileInUse(() => {
    if (!isStill(file, before)) return false;
    rmSync(file);
    return true;
  });
}

/** Takes from group and others what the mode of a file gives them. */
export function closeToOthers(file: string): void {
  withRegularFile(file, constants.O_RDONLY, closeHandleToOthers);
}

function ownership({ mode, uid, gid }: FileContent["stats"], holdsSecret: boolean) {
  return { mode: Number(mode) & (holdsSecret ? 0o7700 : 0o7777), uid: Number(uid), gid: Number(gid) };
}

/**
 * Does the file still hold this text? No call replaces a file only if nobody wrote it, so the time between the answer and
 * the rename has to be short: one look at the inode comes last, after a pause, since the scheduler is less likely to
 * interrupt a process that has just slept.
 */
function isStill(file: string, text: string | null): boolean {
  pause(REST_MS);
  const before = revision(file);
  return (readSharedText(file, file)?.text ?? null) === text && revision(file) === before;
}

function revision(file: string): string {
  const stats = lstatSync(file, { bigint: true, throwIfNoEntry: false });
  return stats === undefined ? "" : revisionOf(stats);
}

function rewriteInPlace(file: string, text: Buffer, holdsSecret: boolean): void {
  withRegularFile(file, constants.O_RDWR, (handle) => {
    if (holdsSecret) closeHandleToOthers(handle);
    // A reader before the file is truncated, or after a kill at that moment, finds line breaks after the text, not the old rest.
    const bytes = Buffer.concat([text, Buffer.alloc(Math.max(0, fstatSync(handle).size - text.length), "\n")]);
    // From the start of the file, and complete: writeSync may stop early.
    for (let at = 0; at < bytes.length; ) at += writeSync(handle, bytes, at, bytes.length - at, at);
    ftruncateSync(handle, text.length);
    fsyncSync(handle);
  });
}

/** A FIFO or a symlink may have taken the file's place since it was read. */
function withRegularFile(file: string, access: number, work: (handle: number) => void): void {
  const handle = openSync(file, access | constants.O_NONBLOCK | constants.O_NOFOLLOW);
  try {
    if (!fstatSync(handle).isFile()) throw new UserError(explain("not-a-file", { path: file }));
    work(handle);
  } finally {
    closeSync(handle);
  }
}

function closeHandleToOthers(handle: number): void {
  const { mode } = fstatSync(handle);
  // On Windows, the mode says nothing of others.
  if (process.platform !== "win32" && (mode & 0o077) !== 0) fchmodSync(handle, mode & 0o7700);
}
