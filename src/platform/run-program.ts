import { closeSync, openSync, readSync } from "node:fs";
import type { Readable } from "node:stream";
import { type Environment, withoutSecrets } from "./environment.ts";
import { loadChildProcess } from "./lazy-modules.ts";

/** The most that is read of what a program prints, in bytes; a credential has at most 48 KB. */
const MAX_OUTPUT_BYTES = 256 * 1024;

/** What a run of a program came to. */
export interface Finished {
  /** The exit code; null if it was killed at the time limit, or could not be started. */
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The system's error of starting it, `TIMEOUT`, or "". */
  readonly error: string;
  /** Milliseconds that it could take. */
  readonly limitMs: number;
}

/** How a program is run. */
export interface RunSettings {
  /** The secrets of the convention are removed from it. */
  readonly env: Environment;
  readonly input?: string;
  /** In milliseconds. At its end, the program is killed with all that it has started and that holds its output. */
  readonly limitMs: number;
  readonly platform?: NodeJS.Platform;
  /** The folder that it is started in; by default that of this process. */
  readonly folder?: string;
}

/**
 * Runs a program to its end, without a terminal. Never throws.
 * @param file absolute path
 */
export async function runProgram(
  file: string,
  args: readonly string[],
  { env, input = "", limitMs, platform = process.platform, folder }: RunSettings,
): Promise<Finished> {
  const failed = (error: string): Finished => ({ status: null, stdout: "", stderr: "", error, limitMs });
  return await new Promise((resolve) => {
    // A group of its own, so that what it starts (gpg) ends with it at the time limit.
    const ownsGroup = platform !== "win32";
    const options = { env: { ...withoutSecrets(env) }, detached: ownsGroup, windowsHide: true, cwd: folder };
    const child = loadChildProcess().spawn(file, args, options);
    const stdout = collect(child.stdout);
    const stderr = collect(child.stderr);
    const timer = setTimeout(() => {
      kill(child.pid, ownsGroup);
      for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
      child.unref();
      resolve(failed("TIMEOUT"));
    }, limitMs);
    child.on("error", ({ code = "" }: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      resolve(failed(code));
    });
    child.on("close", (status) => {
      clearTimeout(timer);
      if (status !== 0 && isRunByShell(file, stderr())) resolve(failed("ENOEXEC"));
      else resolve({ status: status ?? -1, stdout: stdout(), stderr: stderr(), error: "", limitMs });
    });
    // It may exit without reading.
    child.stdin.on("error", () => undefined);
    child.stdin.end(input);
  });
}

/**
 * The system's library gives what the system cannot run to the shell, which fails with the name of the file: a program for
 * another processor, or one of Windows.
 * Source: execvp(3), ENOEXEC
 */
function isRunByShell(file: string, stderr: string): boolean {
  return stderr.startsWith(`${file}: `) && !startsAsScript(file);
}

function startsAsScript(file: string): boolean {
  const handle = openSync(file, "r");
  try {
    const head = Buffer.alloc(2);
    readSync(handle, head, 0, head.length, 0);
    return head.toString("latin1") === "#!";
  } finally {
    closeSync(handle);
  }
}

function collect(stream: Readable): () => string {
  const chunks: Buffer[] = [];
  let length = 0;
  stream.on("error", () => undefined);
  stream.on("data", (chunk: Buffer) => {
    if (length < MAX_OUTPUT_BYTES) chunks.push(chunk.subarray(0, MAX_OUTPUT_BYTES - length));
    length += chunk.length;
  });
  return () => Buffer.concat(chunks).toString("utf8");
}

function kill(pid: number | undefined, isGroup: boolean): void {
  if (pid === undefined) return;
  try {
    process.kill(isGroup ? -pid : pid, "SIGKILL");
  } catch {
    // It has just ended.
  }
}
