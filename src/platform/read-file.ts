import { type BigIntStats, closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { explain } from "../findings/finding.ts";
import { UserError } from "../findings/user-error.ts";

/**
 * The largest config file of a client (config.json, auth.json, .npmrc), in bytes. They have some KB. With the most costly
 * content of this size, no command takes 150 MB of memory (docs/decisions/010-trusted-paths.md).
 */
export const MAX_CONFIG_BYTES = 512 * 1024;

/** The largest bundle of certificate authorities, in bytes; a distribution's has 0.2 MB, and each MB takes 0.4 s to parse. */
export const MAX_BUNDLE_BYTES = 2 * 1024 * 1024;

/** The largest file with a few words: a lock, or one below /proc. */
const MAX_WORDS_BYTES = 64 * 1024;

const CHUNK_BYTES = 64 * 1024;

/** The bytes of a file, and what its handle said about it. */
export interface FileContent {
  readonly bytes: Buffer;
  readonly stats: BigIntStats;
}

export interface ReadOptions {
  readonly maxBytes: number;
  /** False for our own files, which are never symlinks. */
  readonly followLinks: boolean;
  /** Decides by the handle's owner and mode, before anything is read. */
  readonly accept?: (stats: BigIntStats) => boolean;
  /** What messages call the file; its path by default. */
  readonly name?: string;
}

/**
 * Reads a regular file. The path is opened once, everything is asked of that handle, and nothing waits: a FIFO, a device,
 * or a file without end holds nobody up.
 * @param file absolute path
 * @returns null where there is no such file, or it is not accepted
 * @throws UserError where it is not a regular file, or too large; the file system's error where it cannot be read
 */
export function readRegularFile(file: string, options: ReadOptions): FileContent | null {
  const { maxBytes, followLinks, accept, name = file } = options;
  const handle = open(file, followLinks, name);
  if (handle === null) return null;
  try {
    const stats = fstatSync(handle, { bigint: true });
    if (!stats.isFile()) throw new UserError(explain("not-a-file", { path: name }));
    if (accept?.(stats) === false) return null;
    const bytes = stats.size > maxBytes ? null : readUpTo(handle, maxBytes);
    if (bytes === null) throw tooLarge(name, maxBytes);
    return { bytes, stats };
  } finally {
    closeSync(handle);
  }
}

/** The error for a file that has, or would get, more bytes than it may have. */
export function tooLarge(file: string, maxBytes: number): UserError {
  return new UserError(explain("file-too-large", { path: file, limit: maxBytes / 1024 }));
}

/** The text of a small or optional file, as of the certificate authorities; null where it cannot be read, or is too large. */
export function readTextIfPossible(file: string, maxBytes: number): string | null {
  try {
    return readRegularFile(file, { maxBytes, followLinks: true })?.bytes.toString("utf8") ?? null;
  } catch {
    return null;
  }
}

/** The text of a file with a few words that is not a symlink (a lock, a file below /proc); null where there is none. */
export function readWords(file: string): string | null {
  try {
    return readRegularFile(file, { maxBytes: MAX_WORDS_BYTES, followLinks: false })?.bytes.toString("utf8") ?? null;
  } catch {
    return null;
  }
}

function open(file: string, followLinks: boolean, name: string): number | null {
  try {
    // O_NONBLOCK: opening a FIFO would otherwise wait for its writer.
    return openSync(file, constants.O_RDONLY | constants.O_NONBLOCK | (followLinks ? 0 : constants.O_NOFOLLOW));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return null;
    // Of a socket, and of a device without a driver.
    if (code === "ENXIO" || code === "ENODEV") throw new UserError(explain("not-a-file", { path: name }));
    throw error;
  }
}

/** Its size does not matter: a file may grow, and those below /proc have none. Returns null where there is more. */
function readUpTo(handle: number, maxBytes: number): Buffer | null {
  const chunks: Buffer[] = [];
  for (let length = 0; ; ) {
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    const read = readSync(handle, chunk, 0, chunk.length, null);
    if (read === 0) return Buffer.concat(chunks, length);
    length += read;
    if (length > maxBytes) return null;
    chunks.push(chunk.subarray(0, read));
  }
}
