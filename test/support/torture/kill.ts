import { rmSync, watch } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { writtenFiles } from "../temp-home.ts";
import { CONFIG_TEXT, makeTortureHome, NPMRC_TEXT, readText, type TortureHome } from "./home.ts";
import { findLeaksInFiles, findLeaksInOutput } from "./leaks.ts";
import { findLeftovers, findLosses } from "./losses.ts";
import { type Ended, startAgent } from "./process.ts";
import type { Random } from "./random.ts";
import { commandFor, type LoginState, STATES } from "./states.ts";
import { startTally, type Tally } from "./tally.ts";

const DIE_AT = join(import.meta.dirname, "die-at.cjs");

/** Runs an agent that is killed on its way from one state of a home folder to another. */
type Killer = (home: TortureHome, target: LoginState) => Promise<Ended>;

/**
 * Kills agents with SIGKILL: a quarter of them anywhere in their run, later moments more often, the others at a moment
 * between the start and the end of their edits.
 * @param kills how many to kill while they edit; that many faults are counted
 */
export async function killAtRandom(kills: number, random: Random): Promise<Tally> {
  const times = await measure();
  return await torture("SIGKILL at random moments", kills, random, async (home, target) => {
    const { env, args } = commandFor(target);
    const run = startAgent({ env: { ...home.env, ...env }, args });
    const kill = (): boolean => run.child.kill("SIGKILL");
    if (random.next() < 0.25) {
      await sleep(times.whole * Math.sqrt(random.next()) * 1.1);
      kill();
    } else {
      const delay = times.edit * random.next();
      const watcher = watch(home.state, () => {
        watcher.close();
        const begun = performance.now();
        // A timer is too coarse for what lasts milliseconds.
        while (performance.now() - begun < delay);
        kill();
      });
      await run.ended;
      watcher.close();
    }
    return await run.ended;
  });
}

/**
 * Kills agents at one after another of their calls that change a file, from a random one on.
 * @param kills as above
 */
export async function killAtCalls(kills: number, random: Random): Promise<Tally> {
  const counts = new Map<LoginState, number>();
  const start = random.next();
  let nth = 0;
  return await torture("SIGKILL at every call that writes", kills, random, async (home, target) => {
    const last = counts.get(target) ?? (await countCalls(target));
    counts.set(target, last);
    // Steps of the golden ratio cover the whole range sooner than one call after another would.
    const at = 1 + Math.floor(((start + nth++ * 0.618034) % 1) * last);
    const { env, args } = commandFor(target);
    const dying = { ...home.env, ...env, TORTURE_DIE_AT: String(at) };
    return await startAgent({ env: dying, args, node: ["--require", DIE_AT] }).ended;
  });
}

async function torture(name: string, kills: number, random: Random, killer: Killer): Promise<Tally> {
  const tally = startTally(name, random);
  const home = makeTortureHome();
  try {
    let possible: LoginState[] = [STATES[0]];
    await settle(home, STATES[0], tally);
    while (tally.faults < kills && tally.losses.length + tally.leaks.length < 10) {
      const target = random.pick(STATES.filter((state) => state !== possible.at(-1)) as [LoginState, ...LoginState[]]);
      const before = snapshot(home);
      const ended = await killer(home, target);
      possible.push(target);
      tally.attempts++;
      if (ended.signal === "SIGKILL" && snapshot(home) !== before) tally.faults++;
      tally.losses.push(...findLosses(home, possible));
      tally.leaks.push(...findLeaksInOutput(ended), ...findLeaksInFiles(home, possible));
      // Often the next run starts from what several left.
      if (random.next() < 0.3) continue;
      const next = random.pick(STATES);
      await settle(home, next, tally);
      possible = [next];
    }
    await logOut(home, tally);
  } finally {
    home.remove();
  }
  return tally;
}

/** Runs the agent without killing it, and finds what it should not have left. */
async function settle(home: TortureHome, target: LoginState, tally: Tally): Promise<void> {
  const { env, args } = commandFor(target);
  const ended = await startAgent({ env: { ...home.env, ...env }, args }).ended;
  const { exitCode, stdout, stderr } = ended;
  const { wrong, leaks } = findLeftovers(home, target);
  const isBad = wrong.length > 0 || exitCode !== 0 || stderr !== "";
  const bad = isBad ? [...wrong, `exit code ${exitCode}: ${stderr}${stdout}`] : [];
  tally.losses.push(...bad, ...findLosses(home, [target]));
  tally.leaks.push(...findLeaksInOutput(ended), ...leaks);
}

/** After a logout from everything, the files of other programs are byte for byte as before. */
async function logOut(home: TortureHome, tally: Tally): Promise<void> {
  const { exitCode, stdout, stderr } = await startAgent({ env: home.env, args: ["logout", "--all"] }).ended;
  if (exitCode !== 0) tally.losses.push(`logout: exit code ${exitCode}: ${stderr}${stdout}`);
  for (const [file, text] of [
    [home.config, CONFIG_TEXT],
    [home.npmrc, NPMRC_TEXT],
  ] as const) {
    if (readText(file) !== text) tally.losses.push(`after a logout ${file} is ${readText(file)}`);
  }
}

/** The duration of a run, and of the part in which it edits, in milliseconds. */
async function measure(): Promise<{ whole: number; edit: number }> {
  const home = makeTortureHome();
  const [first, ...states] = STATES;
  try {
    const run = (target: LoginState) => {
      const { env, args } = commandFor(target);
      return startAgent({ env: { ...home.env, ...env }, args });
    };
    await run(first).ended;
    let [whole, edit] = [0, 0];
    for (const state of states) {
      let began = 0;
      const watcher = watch(home.state, () => {
        began ||= performance.now();
      });
      const { took } = await run(state).ended;
      watcher.close();
      whole = Math.max(whole, took);
      edit = Math.max(edit, performance.now() - began);
    }
    return { whole, edit };
  } finally {
    home.remove();
  }
}

/** How many calls of a run to a state change a file. */
async function countCalls(target: LoginState): Promise<number> {
  const home = makeTortureHome();
  const file = join(tmpdir(), `registry-login-torture-count-${process.pid}`);
  try {
    for (const state of [STATES.find((each) => each !== target) ?? target, target]) {
      const { env, args } = commandFor(state);
      await startAgent({ env: { ...home.env, ...env, TORTURE_COUNT: file }, args, node: ["--require", DIE_AT] }).ended;
    }
    return Number(readText(file));
  } finally {
    rmSync(file, { force: true });
    home.remove();
  }
}

function snapshot(home: TortureHome): string {
  return JSON.stringify(home.folders().map(writtenFiles));
}
