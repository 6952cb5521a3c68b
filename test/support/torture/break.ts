import { execFileSync } from "node:child_process";
import { lstatSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { allFaults, type Fault } from "./faults.ts";
import { makeTortureHome, type TortureHome } from "./home.ts";
import { findLeftovers, findLosses } from "./look.ts";
import { type Ended, startAgent } from "./process.ts";
import type { Random } from "./random.ts";
import { begin, type Tally } from "./tally.ts";
import { loginTo, STATES, type Wanted } from "./wanted.ts";

/** The whole hook may take 20 s; the rest is for a machine that does other things at once. */
export const LIMIT_MS = 30_000;

/** Nobody's user id on Linux. */
const NOBODY = 65534;

/**
 * Runs the agent against each fault: it ends in time and well, says what it could not do, and what it did not do is
 * whole. Once the fault is gone, it gets everything done.
 * @param rounds how often each, with other states of the home
 */
export async function breakFiles(rounds: number, random: Random): Promise<Tally> {
  const tally = begin("files that cannot be edited", random);
  for (let round = 0; round < rounds; round++) {
    for (const fault of allFaults()) await breakOnce(fault, random, tally);
  }
  return tally;
}

async function breakOnce(fault: Fault, random: Random, tally: Tally): Promise<void> {
  const from = random.pick(STATES);
  const to = random.pick(STATES.filter((state) => state !== from) as [Wanted, ...Wanted[]]);
  const parent = mkdtempSync(join(tmpdir(), "registry-login-torture-on-"));
  if (fault.small === true) execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", parent]);
  const uid = fault.unprivileged === true && process.getuid?.() === 0 ? NOBODY : undefined;
  if (uid !== undefined) execFileSync("chown", [`${uid}:${uid}`, parent]);
  const home = makeTortureHome(parent, uid);
  const tell = (...lines: string[]): void => {
    tally.losses.push(...lines.map((line) => `${fault.name}, ${from.storage} to ${to.storage}: ${line}`));
  };
  try {
    tell(...troubleOf(await run(home, from, uid)), ...findLeftovers(home, from).wrong);
    const undo = fault.apply(home);
    const before = pictureOf(fault, home);
    try {
      const ended = await run(home, to, uid);
      tally.attempts++;
      tell(...troubleOf(ended), ...judge(fault, home, to, ended, before));
      if (!fault.succeeds) tally.faults++;
    } finally {
      undo();
    }
    tell(...findLosses(home, [from, to]).map((line) => `afterwards ${line}`));
    tell(...troubleOf(await run(home, to, uid)), ...findLosses(home, [to]).map((line) => `in the end ${line}`));
    const { wrong, leaks } = findLeftovers(home, to);
    tell(...wrong.map((line) => `in the end ${line}`));
    tally.leaks.push(...leaks.map((line) => `${fault.name}: ${line}`));
  } finally {
    home.remove();
    if (fault.small === true) execFileSync("umount", [parent]);
    rmSync(parent, { recursive: true, force: true });
  }
}

function run(home: TortureHome, wanted: Wanted, uid: number | undefined): Promise<Ended> {
  const { env, args } = loginTo(wanted);
  const start = startAgent({ env: { ...home.env, ...env }, args, uid });
  const timer = setTimeout(() => start.child.kill("SIGKILL"), 2 * LIMIT_MS);
  return start.ended.finally(() => clearTimeout(timer));
}

/** What no run may do, whatever stands in its way. */
function troubleOf({ exitCode, signal, stderr, took }: Ended): string[] {
  return [
    ...(exitCode === 0 ? [] : [`exit code ${exitCode ?? signal}`]),
    ...(stderr === "" ? [] : [stderr]),
    ...(took < LIMIT_MS ? [] : [`took ${Math.round(took)} ms`]),
  ];
}

/** Did it do what is wanted? Else it must have said so, and left alone what it could not read. */
function judge(fault: Fault, home: TortureHome, to: Wanted, { stdout }: Ended, before: string): string[] {
  const report = readReport(stdout);
  const failed = report.some(({ outcome }) => outcome === "failed");
  if (report.some(({ detail, hint, outcome }) => outcome === "failed" && (detail === "" || hint === ""))) {
    return [`says neither why nor what to do: ${stdout}`];
  }
  if (fault.succeeds) return failed ? [`did not succeed: ${stdout}`] : findWrong(home, to);
  if (!failed && findWrong(home, to).length > 0) return [`claims to have succeeded: ${stdout}`, ...findWrong(home, to)];
  return pictureOf(fault, home) === before ? [] : ["changed what it could not read"];
}

function findWrong(home: TortureHome, to: Wanted): string[] {
  try {
    // To read a pipe would wait for ever.
    const files = to.npmToken === null ? [home.config] : [home.config, home.npmrc];
    if (files.some((path) => statSync(path, { throwIfNoEntry: false })?.isFile() !== true)) {
      return ["not a file"];
    }
    return lstatSync(home.npmrc).isFIFO() ? [] : findLeftovers(home, to).wrong;
  } catch (error) {
    return [String(error)];
  }
}

/** What stands where the agent must not change anything: a file with its text, or another thing. */
function pictureOf({ untouched }: Fault, home: TortureHome): string {
  const stats = untouched === undefined ? undefined : lstatSync(untouched(home), { throwIfNoEntry: false });
  if (untouched === undefined || stats === undefined) return "";
  return JSON.stringify([stats.mode, stats.ino, stats.isFile() ? readFileSync(untouched(home), "latin1") : ""]);
}

interface Outcome {
  readonly outcome: string;
  readonly detail: string;
  readonly hint: string;
}

function readReport(stdout: string): Outcome[] {
  try {
    return JSON.parse(stdout).registries;
  } catch {
    return [];
  }
}
