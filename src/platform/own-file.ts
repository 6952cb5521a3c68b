import { statSync } from "node:fs";
import { explain } from "../findings/finding.ts";
import { UserError } from "../findings/user-error.ts";
import { writeFileAtomic } from "./atomic-write.ts";
import { readRegularFile } from "./read-file.ts";

/**
 * The largest file of ours, in bytes: a credential has at most 48 KB, and a state file some 300 bytes for each registry.
 * What the most costly content of this size takes is in docs/decisions/010-trusted-paths.md.
 */
export const MAX_OWN_BYTES = 512 * 1024;

/** The content of a file of ours, and what tells whether it was written since. */
export interface OwnFile {
  readonly text: string;
  readonly revision: string;
}

/**
 * Reads a file that only this program writes. A symlink, a FIFO, a device, a file of another user or an oversized one
 * counts as no file, and nothing of it is read.
 * @param file absolute path
 * @returns null where there is no such file
 */
export function readOwnFile(file: string): OwnFile | null {
  try {
    const content = readRegularFile(file, {
      maxBytes: MAX_OWN_BYTES,
      followLinks: false,
      accept: ({ uid }) => uid === BigInt(process.getuid?.() ?? Number(uid)),
    });
    return content === null ? null : { text: content.bytes.toString("utf8"), revision: revisionOf(content.stats) };
  } catch {
    return null;
  }
}

/**
 * Writes a file that {@link readOwnFile} can read.
 * @param name what messages call the file
 * @param advice the hint, if it would be too large
 * @throws UserError if it would be too large, and the file system's error; then the old file is untouched
 */
export function writeOwnFile(
  file: string,
  text: string,
  { name = file, advice }: { name?: string; advice: string },
): void {
  if (Buffer.byteLength(text) > MAX_OWN_BYTES) {
    throw new UserError(explain("too-large-to-save", { path: name, limit: MAX_OWN_BYTES / 1024, advice }));
  }
  writeFileAtomic(file, text);
}

/** The revision of any file now, symlinks followed; undefined where there is none, or it cannot be reached. */
export function revisionOfFile(file: string): string | undefined {
  try {
    return revisionOf(statSync(file, { bigint: true }));
  } catch {
    return undefined;
  }
}

/** Changes whenever a file is written or replaced; see {@link OwnFile}. */
export function revisionOf(stats: { ino: bigint; size: bigint; mtimeNs: bigint; ctimeNs: bigint }): string {
  return `${stats.ino} ${stats.size} ${stats.mtimeNs} ${stats.ctimeNs}`;
}
