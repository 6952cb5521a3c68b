import { chownSync, lstatSync, readFileSync, statSync } from "node:fs";
import { allFaults } from "./faults/all.ts";
import type { Fault } from "./faults/fault.ts";
import { makePlace } from "./folder.ts";
import { makeTortureHome, type TortureHome } from "./home.ts";
import { findLeaksInFiles, findLeaksInOutput } from "./leaks.ts";
import { findLeftovers, findLosses } from "./losses.ts";
import { type Ended, LIMIT_MS, startAgent } from "./process.ts";
import type { Random } from "./random.ts";
import { loginTo, STATES, type Wanted } from "./states.ts";
import { begin, type Tally } from "./tally.ts";

/** Nobody's user id on Linux. */
const NOBODY = 65534;

/**
 * Runs the agent against each fault.
 * @param rounds how often each, with other states of the home
 */
export async function breakFiles(rounds: number, random: Random): Promise<Tally> {
  const tally = begin("files that cannot be edited", random);
  for (let round = 0; round < rounds; round++) {
    for (const fault of allFaults()) await breakOnce(fault, random, tally);
  }
  return tally;
}

/**
 * Runs the agent against a fault: it ends in time and well, says what it could not do, and what it did not do is whole.
 * Once the fault is gone, it gets everything done.
 */
export async function breakOnce(fault: Fault, random: Random, tally = begin(fault.name, random)): Promise<Tally> {
  if (fault.byRoot === true && process.getuid?.() !== 0) {
    throw new Error(`only root can make this fault (${fault.name}): run the tests as root, in a container for example`);
  }
  const from = random.pick(STATES);
  const to = random.pick(STATES.filter((state) => state !== from) as [Wanted, ...Wanted[]]);
  const place = makePlace(fault.on ?? "any");
  const uid = fault.unprivileged === true && process.getuid?.() === 0 ? NOBODY : undefined;
  if (uid !== undefined) chownSync(place.folder, uid, uid);
  const home = makeTortureHome(place.folder, uid);
  const about = `${fault.name}, ${from.storage} to ${to.storage}`;
  const tell = (...lines: string[]): unknown => tally.losses.push(...lines.map((line) => `${about}: ${line}`));
  const leak = (...lines: string[]): unknown => tally.leaks.push(...lines.map((line) => `${about}: ${line}`));
  const check = async (wanted: Wanted): Promise<Ended> => {
    const ended = await run(home, wanted, uid);
    tell(...troubleOf(ended));
    leak(...findLeaksInOutput(ended));
    return ended;
  };
  try {
    await check(from);
    tell(...findLeftovers(home, from).wrong);
    const undo = fault.apply(home);
    const before = pictureOf(fault, home);
    try {
      const ended = await check(to);
      tally.attempts++;
      tell(...judge(fault, home, to, ended, before));
      if (fault.says !== null) tally.faults++;
      leak(...findLeaksInFiles(home, [from, to]));
    } finally {
      undo();
    }
    tell(...findLosses(home, [from, to]).map((line) => `afterwards ${line}`));
    await check(to);
    const { wrong, leaks } = findLeftovers(home, to);
    tell(...[...findLosses(home, [to]), ...wrong].map((line) => `in the end ${line}`));
    leak(...leaks);
  } finally {
    home.remove();
    place.remove();
  }
  return tally;
}

function run(home: TortureHome, wanted: Wanted, uid: number | undefined): Promise<Ended> {
  const { env, args } = loginTo(wanted);
  return startAgent({ env: { ...home.env, ...env }, args, uid, limit: LIMIT_MS }).ended;
}

/** What no run may do, whatever stands in its way. */
function troubleOf({ exitCode, signal, stderr }: Ended): string[] {
  return [...(exitCode === 0 ? [] : [`exit code ${exitCode ?? signal}`]), ...(stderr === "" ? [] : [stderr])];
}

/** Did it do what is wanted? Else it must have said why, and left alone what it could not read. */
function judge(fault: Fault, home: TortureHome, to: Wanted, { stdout }: Ended, before: string): string[] {
  const report = readReport(stdout);
  const failed = report.filter(({ outcome }) => outcome === "failed");
  if (failed.length === 0) return findWrong(home, to).map((line) => `claims to have succeeded, but ${line}`);
  if (failed.some(({ code, detail, hint }) => code !== fault.says || detail === "" || hint === "")) {
    return [`does not say ${fault.says}, and what to do: ${stdout}`];
  }
  return pictureOf(fault, home) === before ? [] : ["changed what it could not read"];
}

function findWrong(home: TortureHome, to: Wanted): string[] {
  try {
    const files = to.npmToken === null ? [home.config] : [home.config, home.npmrc];
    if (files.some((path) => statSync(path, { throwIfNoEntry: false })?.isFile() !== true)) {
      return ["not a file"];
    }
    return findLeftovers(home, to).wrong;
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
