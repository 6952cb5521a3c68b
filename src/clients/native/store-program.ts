import { closeSync, openSync, readSync } from "node:fs";
import { isAbsolute } from "node:path";
import type { Readable } from "node:stream";
import * as z from "zod/mini";
import { type Environment, withoutSecrets } from "../../platform/environment.ts";
import { findProgram } from "../../platform/executable.ts";
import { parseJson } from "../../platform/json.ts";
import type { ClientLogin } from "../docker/config.ts";
import { type Fault, faultOf } from "./fault.ts";

/** The most that is read of what a store prints, in bytes; a credential has at most 48 KB. */
const MAX_OUTPUT_BYTES = 256 * 1024;

/**
 * A credential store of the machine, by its helper program. It never throws: each verb returns what went wrong. A store that
 * has not answered once within its time limit is not queried again: its dialog may still be open.
 */
export interface StoreProgram {
  /** What follows `docker-credential-`. */
  readonly name: string;
  /** The login of a key; null for none. */
  get(key: string): Promise<ClientLogin | null | Fault>;
  put(key: string, login: ClientLogin): Promise<Fault | null>;
  erase(key: string): Promise<Fault | null>;
  /** Whether there is no such program on the PATH; nothing is run. */
  isMissing(): boolean;
  /** Whether it did not answer in time before, so that it is not queried again. */
  hangs(): boolean;
}

/** What running a helper program takes from the world. */
export interface StoreWorld {
  readonly env: Environment;
  readonly platform: NodeJS.Platform;
  /** Milliseconds that one call may take from now on. */
  readonly limit: () => number;
}

/** What a call of the program came to. */
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

const answer = z.lazy(() => z.object({ Username: z.string(), Secret: z.string() }));

/**
 * Opens a credential store; nothing is run yet.
 * @param file docker's config file, for messages
 * Source: https://github.com/docker/docker-credential-helpers
 */
export function openStoreProgram(name: string, file: string, world: StoreWorld): StoreProgram {
  let hung: Fault | null = null;
  const call = async (verb: string, key: string, input: string): Promise<string | Fault> => {
    if (hung !== null) return hung;
    const finished = await run(name, verb, input, world);
    if (finished.status === 0) return finished.stdout;
    const fault = faultOf(finished, { store: name, key, file, env: world.env, bytes: input.length });
    if (finished.error === "TIMEOUT") hung = fault;
    return fault;
  };
  return {
    name,
    isMissing: () => findStoreProgram(name, world) === null,
    hangs: () => hung !== null,
    get: async (key) => {
      const printed = await call("get", key, key);
      if (typeof printed !== "string") return printed.isNotFound ? null : printed;
      const parsed = answer.safeParse(parseJson(printed));
      if (!parsed.success) return faultOf("garbage", { store: name, key, file, env: world.env, bytes: 0 });
      const { Username: username, Secret: secret } = parsed.data;
      // Old versions of the helper of pass answer so for a host that they do not know.
      return secret === "" ? null : { username, secret };
    },
    put: async (key, { username, secret }) => {
      const input = JSON.stringify({ ServerURL: key, Username: username, Secret: secret });
      const printed = await call("store", key, `${input}\n`);
      return typeof printed === "string" ? null : printed;
    },
    erase: async (key) => {
      const printed = await call("erase", key, key);
      return typeof printed === "string" || printed.isNotFound ? null : printed;
    },
  };
}

/** The credential stores of a run, each opened once. */
export type StorePrograms = (name: string) => StoreProgram;

/** @param file docker's config file, for messages */
export function openStorePrograms(file: string, world: StoreWorld): StorePrograms {
  const opened = new Map<string, StoreProgram>();
  return (name) => {
    const program = opened.get(name) ?? openStoreProgram(name, file, world);
    opened.set(name, program);
    return program;
  };
}

async function run(name: string, verb: string, input: string, world: StoreWorld): Promise<Finished> {
  const { env, platform, limit } = world;
  const limitMs = limit();
  const file = findStoreProgram(name, world);
  const failed = (error: string): Finished => ({ status: null, stdout: "", stderr: "", error, limitMs });
  if (file === null) return failed("ENOENT");
  const { spawn } = await import("node:child_process");
  return await new Promise((resolve) => {
    // A group of its own, so that what it starts (gpg) ends with it at the time limit.
    const ownsGroup = platform !== "win32";
    const child = spawn(file, [verb], { env: { ...withoutSecrets(env) }, detached: ownsGroup, windowsHide: true });
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

/** Clients start no program from a relative folder of the PATH (Go's os/exec, ErrDot). */
function findStoreProgram(name: string, { env }: StoreWorld): string | null {
  const file = findProgram(`docker-credential-${name}`, env);
  return file !== null && isAbsolute(file) ? file : null;
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
