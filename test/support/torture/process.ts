import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { AGENT_FOLDER } from "../../../scripts/project.ts";
import { collect } from "../agent.ts";
import { HELPER_FOLDER } from "../clients.ts";

/** The whole hook may take 20 s, in milliseconds. */
export const LIMIT_MS = 20_000;

/** A run of the built agent, which is what users get, and which starts faster than the one from source. */
export interface Run {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

export interface Ended {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Milliseconds from its start to its end. */
  readonly took: number;
}

export interface Start {
  readonly env: Readonly<Record<string, string>>;
  readonly args: readonly string[];
  readonly stdin?: string;
  /** Arguments for Node itself. */
  readonly node?: readonly string[];
  /** The user that it runs as; without one, ours. */
  readonly uid?: number | undefined;
  /** Milliseconds after which it is killed. */
  readonly limit?: number;
}

/** Starts the built agent with these variables and no others. */
export function startAgent({ env, args, stdin = "", node = [], uid, limit }: Start): Run {
  const run = startProgram(process.execPath, [...node, join(AGENT_FOLDER, "main.cjs"), ...args], env, stdin, uid);
  if (limit === undefined) return run;
  const timer = setTimeout(() => run.child.kill("SIGKILL"), limit);
  return { ...run, ended: run.ended.finally(() => clearTimeout(timer)) };
}

/** Starts any program with these variables and no others. */
export function startProgram(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  stdin = "",
  uid?: number,
  cwd?: string,
): Run {
  const startedAt = performance.now();
  const user = uid === undefined ? {} : { uid, gid: uid };
  const variables = { PATH: `${HELPER_FOLDER}:${process.env.PATH}`, ...env };
  const child = spawn(program, args, { env: variables, ...user, cwd });
  const ended = collect(child, stdin).then((said) => ({
    ...said,
    signal: child.signalCode,
    took: performance.now() - startedAt,
  }));
  return { child, ended };
}

/** The processes whose HOME is this folder. */
export function processesOf(home: string): number[] {
  const pids = readdirSync("/proc").filter((name) => /^[0-9]+$/.test(name));
  return pids.filter((pid) => environmentOf(pid).includes(`HOME=${home}`)).map(Number);
}

function environmentOf(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, "latin1").split("\0");
  } catch {
    // It has ended, or is of another user.
    return [];
  }
}

/** Kills every process whose HOME is this folder. @returns whether there was one */
export function killAllOf(home: string): boolean {
  const pids = processesOf(home);
  for (const pid of pids) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It has just ended.
    }
  }
  return pids.length > 0;
}

/**
 * Waits until no process has this HOME any more.
 * @param except the name of a program that stays
 * @throws Error after the time that a whole hook may take
 */
export async function waitForAllOf(home: string, except: string): Promise<void> {
  for (const startedAt = performance.now(); ; await sleep(10)) {
    const names = processesOf(home).map(nameOf);
    const left = names.filter((name) => name !== "" && name !== except);
    if (left.length === 0) return;
    if (performance.now() - startedAt > LIMIT_MS) throw new Error(`still running: ${left}`);
  }
}

function nameOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, "utf8").trim();
  } catch {
    return "";
  }
}

/**
 * Watches the memory of a process until it ends.
 * @returns a function that returns the most that it had at one time, in bytes
 * Source: proc_pid_status(5), VmHWM
 */
export function watchMemory({ child, ended }: Run): () => number {
  let peak = 0;
  const look = (): void => {
    const text = existsSync(`/proc/${child.pid}/status`) ? readFileSync(`/proc/${child.pid}/status`, "utf8") : "";
    peak = Math.max(peak, Number(/^VmHWM:\s*([0-9]+) kB$/m.exec(text)?.[1] ?? 0) * 1024);
  };
  const timer = setInterval(look, 10);
  ended.finally(() => clearInterval(timer)).catch(() => undefined);
  return () => peak;
}
