import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";

/** No file of ours comes near: a credential has at most 48 KB, and a state file a row for each registry. */
const MAX_BYTES = 8 * 1024 * 1024;

/** The content of a file of ours, and what tells whether it was written since. */
export interface OwnFile {
  readonly text: string;
  readonly revision: string;
}

/**
 * Reads a file that only this program writes. The path is opened once, and everything is asked of that handle: a symlink,
 * a FIFO, a device, a file of another user or an oversized one counts as no file, and nothing of it is read.
 * @param file absolute path
 * @returns null where there is no such file
 */
export function readOwnFile(file: string): OwnFile | null {
  let handle: number;
  try {
    // O_NONBLOCK: opening a FIFO would otherwise wait for its writer.
    handle = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch {
    return null;
  }
  try {
    const stats = fstatSync(handle, { bigint: true });
    const isOurs = stats.uid === BigInt(process.getuid?.() ?? Number(stats.uid));
    if (!stats.isFile() || !isOurs || stats.size > MAX_BYTES) return null;
    const bytes = Buffer.alloc(Number(stats.size));
    let length = 0;
    for (let read = -1; read !== 0 && length < bytes.length; length += read) {
      read = readSync(handle, bytes, length, bytes.length - length, null);
    }
    return { text: bytes.toString("utf8", 0, length), revision: revisionOf(stats) };
  } catch {
    return null;
  } finally {
    closeSync(handle);
  }
}

/** Changes whenever a file is written or replaced; see {@link OwnFile}. */
export function revisionOf(stats: { ino: bigint; size: bigint; mtimeNs: bigint; ctimeNs: bigint }): string {
  return `${stats.ino} ${stats.size} ${stats.mtimeNs} ${stats.ctimeNs}`;
}
