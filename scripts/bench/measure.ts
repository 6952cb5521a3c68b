import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";

/** A program to time, as a whole process. */
export interface Program {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly input?: string;
  /** Runs before each start, outside of the time. */
  readonly before?: () => unknown;
}

export interface Measured {
  readonly ms: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number | null;
  /** The most memory that the process itself had, in bytes; null where it ended before the first measurement. */
  readonly peak: number | null;
}

/** How often the memory is read. */
const POLL_MS = 5;

/** Runs a program once. With `watch`, its memory is measured. */
export async function time(program: Program, watch = false): Promise<Measured> {
  await program.before?.();
  return await new Promise((resolve, reject) => {
    const start = performance.now();
    const [file = "", ...args] = program.command;
    const child = spawn(file, args, { env: program.env });
    let [stdout, stderr] = ["", ""];
    let peak: number | null = null;
    const measure = (): void => {
      peak = highWaterMark(child.pid ?? 0) ?? peak;
    };
    const timer = watch ? setInterval(measure, POLL_MS) : undefined;
    child.stdout.on("data", (chunk) => {
      stdout += chunk;
    });
    child.stderr.on("data", (chunk) => {
      stderr += chunk;
    });
    child.on("error", reject);
    child.on("close", (exitCode) => {
      clearInterval(timer);
      resolve({ ms: performance.now() - start, stdout, stderr, exitCode, peak });
    });
    child.stdin.on("error", () => undefined).end(program.input ?? "");
  });
}

function highWaterMark(pid: number): number | null {
  try {
    const kib = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return kib === undefined ? null : Number(kib) * 1024;
  } catch {
    return null;
  }
}

/** Runs a program that has to succeed. */
export async function mustRun(program: Program, watch = false): Promise<Measured> {
  const ran = await time(program, watch);
  if (ran.exitCode === 0) return ran;
  throw new Error(`${program.command.join(" ")} ended with ${ran.exitCode}:\n${ran.stdout}${ran.stderr}`);
}

/**
 * Times programs in turn, so that whatever else the machine does slows all of them alike.
 * @param figure what is compared; by default the time from start to end
 * @returns the median of each, in milliseconds
 */
export async function compare<Name extends string>(
  programs: Readonly<Record<Name, Program>>,
  runs: number,
  figure = ({ ms }: Measured): number => ms,
): Promise<Record<Name, number>> {
  const names = Object.keys(programs) as Name[];
  const times = new Map<Name, number[]>(names.map((name) => [name, []]));
  for (let run = -1; run < runs; run++) {
    for (const name of names) {
      const value = figure(await time(programs[name]));
      // The first one warms the page cache.
      if (run >= 0) times.get(name)?.push(value);
    }
  }
  return Object.fromEntries(names.map((name) => [name, median(times.get(name) ?? [])])) as Record<Name, number>;
}

/** How often `repeat` starts its program. */
export const TURNS = 10;

/**
 * A shell that starts a program ten times in a row: Node takes longer to start a program than a warm helper runs.
 * @param input a file for its stdin
 */
export function repeat({ command, env }: Program, input: string): Program {
  const loop = `input=$1 turns=${TURNS}; shift
    while [ "$turns" -gt 0 ]; do "$@" <"$input" || exit; turns=$((turns - 1)); done`;
  return { command: ["sh", "-c", loop, "sh", input, ...command], env };
}

/** A shell that starts a program and prints how much processor time it took, for {@link cpuIn}. */
export function cpuOf({ command, env }: Program): Program {
  return { command: ["bash", "-c", 'TIMEFORMAT="%U %S"; time "$@"', "bash", ...command], env };
}

/** The processor time that the program of {@link cpuOf} took, its children included, in milliseconds. */
export function cpuIn({ stderr }: Measured): number {
  const [user, system] = stderr.trim().split("\n").at(-1)?.split(" ").map(Number) ?? [];
  const seconds = (user ?? Number.NaN) + (system ?? Number.NaN);
  if (!Number.isFinite(seconds)) throw new Error(`no processor time in ${stderr}`);
  return seconds * 1000;
}

/** A shell that starts a program so often at once, and waits for all of them. */
export function atOnce({ command, env }: Program, input: string, count: number): Program {
  const loop = `input=$1 count=${count}; shift
    while [ "$count" -gt 0 ]; do "$@" <"$input" & count=$((count - 1)); done; wait`;
  return { command: ["sh", "-c", loop, "sh", input, ...command], env };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low = 0, high = 0] = [sorted[middle - ((sorted.length + 1) % 2)], sorted[middle]];
  return (low + high) / 2;
}
