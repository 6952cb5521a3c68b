import { existsSync, readSync, writeSync } from "node:fs";
import type { Result } from "./context.ts";
import { CODESPACES_SECRETS_FILE } from "./discovery/codespaces.ts";
import { OPTIONS_FILE } from "./discovery/options.ts";
import { explain } from "./findings/finding.ts";
import { UserError } from "./findings/user-error.ts";
import { maskResult, secretsOf } from "./output.ts";
import { type Environment, withoutSecrets } from "./platform/environment.ts";
import { giveUpRoot } from "./platform/sudo.ts";
import { collectSecrets } from "./secrecy/secrets.ts";
import { ipcNamespace, MEMORY_FOLDERS, memoryFolders } from "./store/location.ts";
import { describeBug } from "./terminal/bug.ts";
import { IS_SINGLE_FILE } from "./version.ts";

const ENV: Environment = {
  // Each name that is being looked up holds a thread; four, Node's default, would let slow names hold up all others.
  // (Node reads this when it starts the first one.)
  UV_THREADPOOL_SIZE: "64",
  ...process.env,
  // AWS's SDK would print a warning into the hook's output on a version of Node that it will soon not support. Here, since
  // it has to reach root's login too.
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
};

/** npx runs a package from a folder of its cache, and nothing with its name is on the PATH afterwards. */
const PROGRAM = /[\\/]_npx[\\/]/.test(process.argv[1] ?? "") ? { program: "npx --yes @registry-login/cli@1" } : {};

/** The world as it is: what commands take of it, except the network and the terminal. */
export const WORLD = {
  env: ENV,
  optionsFile: OPTIONS_FILE,
  machine: null,
  codespacesFile: CODESPACES_SECRETS_FILE,
  memoryFolders: MEMORY_FOLDERS,
  launcher: "/usr/local/bin/registry-login",
  runSelf,
  uid: process.getuid?.() ?? 0,
  now: Date.now,
  exportEnvironment,
  secrets: collectSecrets(secretsOf(ENV, CODESPACES_SECRETS_FILE)),
};

/** The world of a program that runs outside of containers, where no Feature is installed. Root may become the user of sudo. */
export function hostWorld() {
  giveUpRoot(ENV, process.argv[1] ?? "");
  const uid = process.getuid?.() ?? 0;
  const folders = uid === WORLD.uid ? MEMORY_FOLDERS : memoryFolders(uid, ipcNamespace());
  const machine = { platform: process.platform, options: {} };
  return { ...WORLD, uid, memoryFolders: folders, machine, ...PROGRAM };
}

async function runSelf(args: readonly string[]): Promise<string> {
  const { spawn } = await import("node:child_process");
  const program = (process.argv[1] ?? "").replace(/helper\.cjs$/, "main.cjs");
  const own = IS_SINGLE_FILE ? [] : [...process.execArgv, program];
  const child = spawn(process.execPath, [...own, ...args], {
    // The program in one file may be stored under the name of the credential helper.
    argv0: "registry-login",
    stdio: ["ignore", "pipe", "ignore"],
  });
  return await new Promise((resolve) => {
    const chunks: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.on("error", () => resolve(""));
    child.on("close", () => resolve(Buffer.concat(chunks).toString("utf8")));
  });
}

/** Runs what this process is for, and ends it, with a failure in words. */
export async function runProcess(work: () => Promise<Result>): Promise<void> {
  // Programs that a library starts, as AWS's credential_process is one, inherit what is left.
  exportEnvironment(WORLD.env);
  process.on("uncaughtException", (error) => {
    void print(bugResult(describeBug(error)));
  });
  process.on("exit", reportMissingResult);
  await print(await work().catch(describeFailure));
}

/** Prints a result without the secrets in it, and ends. What cannot be masked is not printed. */
async function print(result: Result): Promise<void> {
  end(await maskResult(result, WORLD.secrets).catch((error: unknown) => bugResult(describeBug(error))));
}

/**
 * Node exits with 0 as soon as there is nothing to wait for, even if a promise has not settled, and a library may exit by
 * itself. Neither may look like success.
 */
function reportMissingResult(): void {
  const { stderr, exitCode } = bugResult("registry-login: ended without a result; please report this as a bug\n");
  writeNow(2, stderr);
  process.exitCode = exitCode;
}

/** A bug of ours must not keep a container from starting, unless the option strict is set. */
function bugResult(stderr: string): Result & { readonly stderr: string } {
  return { stdout: "", stderr, exitCode: isHook() ? 0 : 70 };
}

function isHook(): boolean {
  return process.argv.includes("--if-changed") && !process.argv.includes("--strict");
}

/** Makes an environment, without the secrets, the one of this process, which programs and libraries use by themselves. */
function exportEnvironment(env: Environment): void {
  const exported = withoutSecrets(env);
  for (const name of Object.keys(process.env)) if (exported[name] === undefined) delete process.env[name];
  for (const [name, value] of Object.entries(exported)) if (value !== undefined) process.env[name] = value;
  // Without `execve` (see `leave`), look-ups of names that no server answers have to end soon by themselves. An option of
  // the person's own stays. Source: resolv.conf(5).
  if (process.execve === undefined) process.env.RES_OPTIONS ??= "timeout:1 attempts:2";
}

/**
 * Writes commands of a CI system to stdout, before the result of the process. They hold secrets on purpose: the system masks
 * these in everything that comes after.
 */
export async function writeCommands(text: string): Promise<void> {
  const rest = writeNow(1, text);
  if (rest.length > 0) await new Promise((resolve) => process.stdout.write(rest, resolve));
}

async function describeFailure(error: unknown): Promise<Result> {
  if (!(error instanceof UserError)) return { stdout: "", stderr: describeBug(error), exitCode: 70 };
  const { createPen, PLAIN } = await import("./terminal/terminal.ts");
  const pen = createPen({ ...PLAIN, columns: process.stderr.columns || null, ...PROGRAM });
  const lines = [pen.hang("registry-login: ", error.message), pen.hang("  -> ", error.hint)];
  return { stdout: "", stderr: `${lines.join("\n")}\n`, exitCode: 2 };
}

/** Ends at once when all is written: a look-up or a connection that nobody waits for any more must not hold the hook. */
function end({ stdout, stderr = "", exitCode }: Result): void {
  process.off("exit", reportMissingResult);
  const fail = ({ code = "" }: NodeJS.ErrnoException): never => leave(exitCodeOf(code, exitCode));
  try {
    const [restOfStderr, restOfStdout] = [writeNow(2, stderr), writeNow(1, stdout)];
    if (restOfStderr.length + restOfStdout.length === 0) leave(exitCode);
    for (const stream of [process.stdout, process.stderr]) stream.on("error", fail);
    process.stderr.write(restOfStderr, () => process.stdout.write(restOfStdout, () => leave(exitCode)));
  } catch (error) {
    fail(error as NodeJS.ErrnoException);
  }
}

/** @param code the error of writing the output */
function exitCodeOf(code: string, exitCode: number): number {
  // A reader that went away (`registry-login | head`) is not a failure, and a full disk must not keep a container from starting.
  if (code === "EPIPE" || isHook()) return exitCode;
  try {
    writeNow(2, `registry-login: the output cannot be written (${code})\n`);
  } catch {
    // Not even that; the exit code says it.
  }
  return exitCode || 1;
}

/**
 * Node waits for its threads before it exits, and so for the system's look-up of a name, which may take longer than all
 * else together where no name server answers. Another program in this one's place ends at once; Node has that from 22.15 on.
 */
function leave(exitCode: number): never {
  const isLookingUp = process.getActiveResourcesInfo().includes("GetAddrInfoReqWrap");
  // On Windows, `execve` throws; and it ends this process with a crash where the program does not exist.
  if (isLookingUp && process.platform !== "win32" && existsSync("/bin/sh")) {
    process.execve?.("/bin/sh", ["sh", "-c", `exit ${exitCode}`], {});
  }
  process.exit(exitCode);
}

// Node's own streams take longer to load than all that the credential helper does. They serve where these two cannot:
// with a pipe that does not block.

/**
 * Writes what can be written at once. Returns the rest.
 * @throws the system's error, if nothing more can be written at all
 */
function writeNow(stream: 1 | 2, text: string): Buffer {
  let rest = Buffer.from(text);
  try {
    while (rest.length > 0) rest = rest.subarray(writeSync(stream, rest));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
  }
  return rest;
}

/** The largest input of the credential helper, in bytes; a credential has at most 48 KB. */
const MAX_INPUT_BYTES = 1024 * 1024;

/**
 * Reads stdin to its end.
 * @throws UserError when it is too large; the rest is not read
 */
export async function readStdin(): Promise<string> {
  const input = Buffer.allocUnsafeSlow(MAX_INPUT_BYTES + 1);
  let length = 0;
  try {
    for (let read = -1; read !== 0; length += read) read = readSync(0, input, length, input.length - length, null);
  } catch {
    for await (const chunk of process.stdin) {
      length += (chunk as Buffer).copy(input, length);
      if (length > MAX_INPUT_BYTES) break;
    }
  }
  if (length > MAX_INPUT_BYTES) throw new UserError(explain("input-too-large", { limit: MAX_INPUT_BYTES / 1024 }));
  return input.toString("utf8", 0, length);
}
