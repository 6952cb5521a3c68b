import { readRegularFile } from "./read-file.ts";

/** No file of ours comes near: a credential has at most 48 KB, and a state file a row for each registry. */
const MAX_BYTES = 8 * 1024 * 1024;

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
      maxBytes: MAX_BYTES,
      followLinks: false,
      accept: ({ uid }) => uid === BigInt(process.getuid?.() ?? Number(uid)),
    });
    return content === null ? null : { text: content.bytes.toString("utf8"), revision: revisionOf(content.stats) };
  } catch {
    return null;
  }
}

/** Changes whenever a file is written or replaced; see {@link OwnFile}. */
export function revisionOf(stats: { ino: bigint; size: bigint; mtimeNs: bigint; ctimeNs: bigint }): string {
  return `${stats.ino} ${stats.size} ${stats.mtimeNs} ${stats.ctimeNs}`;
}
