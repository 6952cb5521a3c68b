import { chownSync, lstatSync, readFileSync, statSync } from "node:fs";
import { allFaults } from "./faults/all.ts";
import type { Fault } from "./faults/fault.ts";
import { makeTestFolder } from "./folder.ts";
import { makeTortureHome, type TortureHome } from "./home.ts";
import { findLeaksInFiles, findLeaksInOutput } from "./leaks.ts";
import { findLeftovers, findLosses } from "./losses.ts";
import { type Ended, LIMIT_MS, startAgent } from "./process.ts";
import type { Random } from "./random.ts";
import { commandFor, type LoginState, STATES } from "./states.ts";
import { startTally, type Tally } from "./tally.ts";

/** The user id of nobody on Linux. */
const NOBODY = 65534;

/**
 * Runs the agent against each fault.
 * @param rounds how often each, with other states of the home
 */
export async function breakFiles(rounds: number, random: Random): Promise<Tally> {
  const tally = startTally("files that cannot be edited", random);
  for (let round = 0; round < rounds; round++) {
    for (const fault of allFaults()) await breakOnce(fault, random, tally);
  }
  return tally;
}

/**
 * Runs the agent against a fault: it ends in time with exit code 0, reports what it could not do, and leaves that as it
 * was. After the fault is undone, the next run does everything.
 */
export async function breakOnce(fault: Fault, random: Random, tally = startTally(fault.name, random)): Promise<Tally> {
  if (fault.byRoot === true && process.getuid?.() !== 0) {
    throw new Error(`only root can make this fault (${fault.name}): run the tests as root, in a container for example`);
  }
  const from = random.pick(STATES);
  const to = random.pick(STATES.filter((state) => state !== from) as [LoginState, ...LoginState[]]);
  const testFolder = makeTestFolder(fault.on ?? "any");
  const uid = fault.unprivileged === true && process.getuid?.() === 0 ? NOBODY : undefined;
  if (uid !== undefined) chownSync(testFolder.folder, uid, uid);
  const home = makeTortureHome(testFolder.folder, uid);
  const about = `${fault.name}, ${from.storage} to ${to.storage}`;
  const addLosses = (...lines: string[]): unknown => tally.losses.push(...lines.map((line) => `${about}: ${line}`));
  const addLeaks = (...lines: string[]): unknown => tally.leaks.push(...lines.map((line) => `${about}: ${line}`));
  const check = async (target: LoginState): Promise<Ended> => {
    const ended = await run(home, target, uid);
    addLosses(...troubleOf(ended));
    addLeaks(...findLeaksInOutput(ended));
    return ended;
  };
  try {
    await check(from);
    addLosses(...findLeftovers(home, from).wrong);
    const undo = fault.apply(home);
    const before = snapshotOf(fault, home);
    try {
      const ended = await check(to);
      tally.attempts++;
      addLosses(...judge(fault, home, to, ended, before));
      if (fault.code !== null) tally.faults++;
      addLeaks(...findLeaksInFiles(home, [from, to]));
    } finally {
      undo();
    }
    addLosses(...findLosses(home, [from, to]).map((line) => `afterwards ${line}`));
    await check(to);
    const { wrong, leaks } = findLeftovers(home, to);
    addLosses(...[...findLosses(home, [to]), ...wrong].map((line) => `in the end ${line}`));
    addLeaks(...leaks);
  } finally {
    home.remove();
    testFolder.remove();
  }
  return tally;
}

function run(home: TortureHome, target: LoginState, uid: number | undefined): Promise<Ended> {
  const { env, args } = commandFor(target);
  return startAgent({ env: { ...home.env, ...env }, args, uid, limit: LIMIT_MS }).ended;
}

/** What no run may do under any fault. */
function troubleOf({ exitCode, signal, stderr }: Ended): string[] {
  return [...(exitCode === 0 ? [] : [`exit code ${exitCode ?? signal}`]), ...(stderr === "" ? [] : [stderr])];
}

/** Did the run reach the target? If not, it has to report why, and leave what it could not read unchanged. */
function judge(fault: Fault, home: TortureHome, to: LoginState, { stdout }: Ended, before: string): string[] {
  const report = readReport(stdout);
  const failed = report.filter(({ outcome }) => outcome === "failed");
  if (failed.length === 0) return findWrong(home, to).map((line) => `claims to have succeeded, but ${line}`);
  const codes: readonly (string | null | undefined)[] = [fault.code, fault.codeBefore];
  if (failed.some(({ code, detail, hint }) => !codes.includes(code) || detail === "" || hint === "")) {
    return [`does not report ${fault.code} with a hint: ${stdout}`];
  }
  return snapshotOf(fault, home) === before ? [] : ["changed what it could not read"];
}

function findWrong(home: TortureHome, to: LoginState): string[] {
  try {
    const files = [home.config, home.npmrc];
    if (files.some((path) => statSync(path, { throwIfNoEntry: false })?.isFile() !== true)) {
      return ["not a file"];
    }
    return findLeftovers(home, to).wrong;
  } catch (error) {
    return [String(error)];
  }
}

/** The state of the path that the agent must not change: mode, inode, and the text of a file. */
function snapshotOf({ untouched }: Fault, home: TortureHome): string {
  const stats = untouched === undefined ? undefined : lstatSync(untouched(home), { throwIfNoEntry: false });
  if (untouched === undefined || stats === undefined) return "";
  return JSON.stringify([stats.mode, stats.ino, stats.isFile() ? readFileSync(untouched(home), "latin1") : ""]);
}

interface Outcome {
  readonly code: string | null;
  readonly outcome: string;
  readonly detail: string;
  readonly hint: string;
}

function readReport(stdout: string): Outcome[] {
  try {
    return JSON.parse(stdout).registries;
  } catch {
    return [{ outcome: "failed", code: "no report", detail: "", hint: "" }];
  }
}
