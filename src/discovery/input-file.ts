import { resolve } from "node:path";
import { explain } from "../findings/finding.ts";
import { UserError } from "../findings/user-error.ts";
import { type FileContent, MAX_CONFIG_BYTES, readRegularFile } from "../platform/read-file.ts";

/** A file that somebody named on the command line. */
export interface InputFile {
  readonly text: string;
  /** Whether users other than its owner may read or change it. */
  readonly isOpen: boolean;
}

const OTHERS_READ_OR_WRITE = 0o066n;

/**
 * Reads a file of variables.
 * @param file as it was written; relative to the current folder
 * @param flag which names it, without dashes
 * @param platform where files have a mode
 * @throws UserError where it is missing, not a file, too large or not readable
 */
export function readInputFile(file: string, flag: string, platform: NodeJS.Platform): InputFile {
  const content = read(file, flag);
  if (content === null) throw explainMissingFile(file, flag);
  const isOpen = platform !== "win32" && (content.stats.mode & OTHERS_READ_OR_WRITE) !== 0n;
  return { text: textOf(content), isOpen };
}

/** The text of a file, without the byte order mark that editors of Windows write. */
export function textOf({ bytes }: Pick<FileContent, "bytes">): string {
  return bytes.toString("utf8").replace(/^\uFEFF/, "");
}

/** The error for a file that the command line names, and that does not exist. */
export function explainMissingFile(file: string, flag: string): UserError {
  return new UserError(explain("input-file-missing", { file, flag, folder: currentFolder() }));
}

function currentFolder(): string {
  try {
    return process.cwd();
  } catch {
    return "a folder that was removed";
  }
}

function read(file: string, flag: string): ReturnType<typeof readRegularFile> {
  try {
    return readRegularFile(resolve(file), { maxBytes: MAX_CONFIG_BYTES, followLinks: true });
  } catch (error) {
    if (error instanceof UserError) {
      const isTooLarge = error.code === "file-too-large";
      throw new UserError(
        isTooLarge
          ? explain("input-file-too-large", { file, flag, limit: MAX_CONFIG_BYTES / 1024 })
          : explain("input-file-type", { file, flag }),
      );
    }
    const { code = "" } = error as NodeJS.ErrnoException;
    // The second: without a current folder, no path leads from it.
    if (code === "ENOTDIR" || code === "ENOENT") return null;
    if (code === "EISDIR") throw new UserError(explain("input-file-type", { file, flag }));
    throw new UserError(explain("input-file-unreadable", { file, flag, error: code }));
  }
}
