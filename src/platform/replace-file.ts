import { closeSync, constants, fstatSync, fsyncSync, ftruncateSync, openSync, statSync, writeSync } from "node:fs";
import { explain } from "../findings/finding.ts";
import { UserError } from "../findings/user-error.ts";
import { writeFileAtomic } from "./atomic-write.ts";
import { revisionOf } from "./own-file.ts";
import { MAX_CONFIG_BYTES, readRegularFile } from "./read-file.ts";

/** Errors on which a file can still be rewritten in place: a mount point, another file system, a folder that is not ours. */
export const NOT_REPLACEABLE: ReadonlySet<string> = new Set(["EBUSY", "EXDEV", "EACCES", "EPERM", "EROFS"]);

const REST_MS = 1;

/**
 * The text of a file, null where there is none. A symlink is followed; a FIFO or device is not read.
 * @throws UserError where it is not a regular file, too large for a config file, or not UTF-8
 */
export function readIfThere(file: string): string | null {
  const content = readRegularFile(file, { maxBytes: MAX_CONFIG_BYTES, followLinks: true });
  if (content === null) return null;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(content.bytes);
  } catch {
    throw new UserError(explain("config-not-utf8", { file }));
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
    try {
      rewriteInPlace(target, Buffer.from(text));
      return true;
    } catch (failure) {
      // No room for the new text: the old one, which the file still held a moment ago, had room.
      rewriteInPlace(target, Buffer.from(before ?? ""));
      throw failure;
    }
  }
}

function rewriteInPlace(target: string, text: Buffer): void {
  // O_NONBLOCK, and the look at the handle: a FIFO may have taken its place since it was read.
  const handle = openSync(target, constants.O_RDWR | constants.O_NONBLOCK);
  try {
    if (!fstatSync(handle).isFile()) throw new UserError(explain("not-a-file", { path: target }));
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
