import { closeSync, fstatSync, fsyncSync, ftruncateSync, openSync, readFileSync, statSync, writeSync } from "node:fs";
import { explain } from "../findings/finding.ts";
import { UserError } from "../findings/user-error.ts";
import { writeFileAtomic } from "./atomic-write.ts";

/** Errors on which a file can still be rewritten in place: a mount point, another file system, a folder that is not ours. */
export const NOT_REPLACEABLE: ReadonlySet<string> = new Set(["EBUSY", "EXDEV", "EACCES", "EPERM", "EROFS"]);

const REST_MS = 1;

/**
 * The text of a file, null where there is none.
 * @throws UserError where it is no UTF-8
 */
export function readIfThere(file: string): string | null {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new UserError(explain("config-not-utf8", { file }));
  }
}

/**
 * Does the file hold this text, up to now? There is no way to replace a file only if nobody wrote it, so that the time
 * between the answer and the replacement has to be short: one look at the inode comes last, and before it a moment's
 * rest, since the system interrupts a process the less the less it just ran.
 */
function isStill(target: string, text: string | null): boolean {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, REST_MS);
  const before = inodeOf(target);
  return readIfThere(target) === text && inodeOf(target) === before;
}

function inodeOf(target: string): string {
  const stats = statSync(target, { bigint: true, throwIfNoEntry: false });
  return stats === undefined ? "" : `${stats.ino} ${stats.size} ${stats.mtimeNs} ${stats.ctimeNs}`;
}

/**
 * Replaces a file in one step, or rewrites it in place where that is impossible, unless somebody wrote it meanwhile.
 * @param before what it held when it was read, null where it was not there
 * @param hurries see {@link writeFileAtomic}
 * @returns whether the file holds the new text now
 */
export function replaceText(target: string, before: string | null, text: string, hurries: boolean): boolean {
  const old = statSync(target, { throwIfNoEntry: false });
  const mayReplace = (): boolean => isStill(target, before);
  try {
    return writeFileAtomic(target, text, { ...(old === undefined ? {} : { like: old }), hurries, mayReplace });
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
    // Whoever reads before the file is cut, or after a kill just then, finds line ends behind the text, not the old rest.
    const bytes = Buffer.concat([text, Buffer.alloc(Math.max(0, fstatSync(handle).size - text.length), "\n")]);
    // From the start of the file, and whole: writeSync may stop early.
    for (let at = 0; at < bytes.length; ) at += writeSync(handle, bytes, at, bytes.length - at, at);
    ftruncateSync(handle, text.length);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
