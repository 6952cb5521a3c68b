import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  statSync,
  writeSync,
} from "node:fs";
import { explain } from "../findings/finding.ts";
import { UserError } from "../findings/user-error.ts";
import { writeFileAtomic } from "./atomic-write.ts";
import { revisionOf } from "./own-file.ts";

/** Errors on which a file can still be rewritten in place: a mount point, another file system, a folder that is not ours. */
export const NOT_REPLACEABLE: ReadonlySet<string> = new Set(["EBUSY", "EXDEV", "EACCES", "EPERM", "EROFS"]);

const REST_MS = 1;

/**
 * The text of a file, null where there is none. A symlink is followed; a FIFO or device is not read.
 * @throws UserError where it is not a regular file, or not UTF-8
 */
export function readIfThere(file: string): string | null {
  const bytes = readBytes(file);
  if (bytes === null) return null;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new UserError(explain("config-not-utf8", { file }));
  }
}

function readBytes(file: string): Buffer | null {
  let handle: number;
  try {
    // O_NONBLOCK: opening a FIFO would otherwise wait for its writer.
    handle = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
  try {
    if (!fstatSync(handle).isFile()) throw new UserError(explain("not-a-file", { path: file }));
    return readFileSync(handle);
  } finally {
    closeSync(handle);
  }
}

/**
 * Does the file still hold this text? No call replaces a file only if nobody wrote it, so the time between the answer and
 * the rename has to be short: one look at the inode comes last, after a pause, since the scheduler is less likely to
 * interrupt a process that has just slept.
 */
function isStill(target: string, text: string | null): boolean {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, REST_MS);
  const before = revision(target);
  return readIfThere(target) === text && revision(target) === before;
}

function revision(target: string): string {
  const stats = statSync(target, { bigint: true, throwIfNoEntry: false });
  return stats === undefined ? "" : revisionOf(stats);
}

/**
 * Replaces a file in one step, or rewrites it in place where that is impossible, unless somebody wrote it meanwhile.
 * @param before what it held when it was read, null where it did not exist
 * @param syncAfterRename see {@link writeFileAtomic}
 * @returns whether the file holds the new text now
 */
export function replaceText(target: string, before: string | null, text: string, syncAfterRename: boolean): boolean {
  const old = statSync(target, { throwIfNoEntry: false });
  const mayReplace = (): boolean => isStill(target, before);
  try {
    return writeFileAtomic(target, text, { ...(old === undefined ? {} : { like: old }), syncAfterRename, mayReplace });
  } catch (error) {
    if (old === undefined || !NOT_REPLACEABLE.has((error as NodeJS.ErrnoException).code ?? "")) throw error;
    if (!mayReplace()) return false;
    const bytes = readFileSync(target);
    try {
      rewriteInPlace(target, Buffer.from(text));
      return true;
    } catch (failure) {
      // No room for the new text: the old one had room.
      rewriteInPlace(target, bytes);
      throw failure;
    }
  }
}

function rewriteInPlace(target: string, text: Buffer): void {
  const handle = openSync(target, "r+");
  try {
    // A reader before the file is truncated, or after a kill at that moment, finds line breaks after the text, not the old rest.
    const bytes = Buffer.concat([text, Buffer.alloc(Math.max(0, fstatSync(handle).size - text.length), "\n")]);
    // From the start of the file, and complete: writeSync may stop early.
    for (let at = 0; at < bytes.length; ) at += writeSync(handle, bytes, at, bytes.length - at, at);
    ftruncateSync(handle, text.length);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
