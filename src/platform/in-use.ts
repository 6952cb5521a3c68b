import { renameSync } from "node:fs";
import { pause } from "./pause.ts";

/** What Windows answers for a file that another program has open, or that is just being removed. */
const IN_USE: ReadonlySet<string> = new Set(["EPERM", "EACCES", "EBUSY"]);

const WAIT_MS = 2_000;
const POLL_MS = 20;

/** How a system replaces files, and how long one that is in use is waited for. */
export interface Replacing {
  readonly platform: NodeJS.Platform;
  readonly rename: (from: string, to: string) => void;
  /** In milliseconds. */
  readonly waitMs: number;
}

/** That of this machine. */
export const REPLACING: Replacing = { platform: process.platform, rename: renameSync, waitMs: WAIT_MS };

/**
 * Does something with a file. On Windows, again and again for two seconds while another program has the file open: virus
 * scanners and indexers open each new file for a moment. Elsewhere, once: an open file can be renamed and removed there.
 * @param waitMs milliseconds
 * @throws the last error
 */
export function whileInUse<T>(work: () => T, platform = process.platform, waitMs = WAIT_MS): T {
  const deadline = Date.now() + waitMs;
  for (;;) {
    try {
      return work();
    } catch (error) {
      if (platform !== "win32" || !hasCodeOfUse(error) || Date.now() > deadline) throw error;
    }
    pause(POLL_MS);
  }
}

/**
 * Does an error mean that a file cannot be replaced because it is in use? One of a temporary file next to it does not.
 * @param file the path with which it was used
 */
export function isFileInUse(error: unknown, file: string, platform: NodeJS.Platform): boolean {
  const { syscall, path } = error as NodeJS.ErrnoException;
  return platform === "win32" && hasCodeOfUse(error) && (syscall === "rename" || path === file);
}

function hasCodeOfUse(error: unknown): boolean {
  return IN_USE.has((error as NodeJS.ErrnoException).code ?? "");
}
