import { rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { readText } from "../home.ts";
import { findLeaksInOutput } from "../leaks.ts";
import { type Ended, killAllOf, waitForAllOf } from "../process.ts";
import type { Random } from "../random.ts";
import { type LoginState, STATES } from "../states.ts";
import { startTally, type Tally } from "../tally.ts";
import { compare, findHarm, findRemains, findWrongAnswers, type Snapshot, takeSnapshot } from "./check.ts";
import { makeNativeHome, type NativeHome, type NativeKind } from "./homes.ts";
import { startLogin, startLogout } from "./run.ts";

const NAMES: Readonly<Record<NativeKind, string>> = {
  pass: "SIGKILL while it stores logins in pass",
  "default pass": "SIGKILL while it stores logins in pass, which docker would choose",
  "slow store": "SIGKILL while it stores logins in a slow store",
  file: "SIGKILL while it stores logins in docker's file, as docker login does",
};

interface Setup {
  readonly home: NativeHome;
  /** The npm package's program. */
  readonly program: string;
  /** The home folder before our first login. */
  readonly before: Snapshot;
  readonly tally: Tally;
  readonly random: Random;
  /** How long a login takes, in milliseconds. */
  readonly takes: number;
  /** How many of its calls change a file, or have to do with a program. */
  readonly calls: number;
}

/** What may be logged in after some kills. */
interface Possible {
  readonly states: readonly LoginState[];
  /** Whether there may be no login. */
  readonly isOptional: boolean;
}

const NONE: Possible = { states: [], isOptional: true };

/**
 * Kills logins on a host with SIGKILL, where they go to the place that docker would choose: half of them at a random moment,
 * the others at one of their calls. What the killed run has started ends by itself, or is killed with it.
 * @param kills how many to kill after they have changed something; that many faults are counted
 * @param program the npm package's program
 */
export async function killNative(kind: NativeKind, kills: number, random: Random, program: string): Promise<Tally> {
  const tally = startTally(NAMES[kind], random);
  const home = await makeNativeHome(kind);
  try {
    const start = { home, program, before: takeSnapshot(home), tally, random };
    const setup: Setup = { ...start, ...(await measure(start)) };
    let possible = NONE;
    while (tally.faults < kills && tally.losses.length + tally.leaks.length < 10) {
      possible = await killOnce(setup, possible);
      const next = random.next();
      // Often the next run starts from what several left.
      if (next < 0.3) continue;
      possible = next < 0.5 ? await logOut(setup) : await settle(setup, random.pick(STATES));
    }
    await logOut(setup);
  } finally {
    home.remove();
  }
  return tally;
}

/** Kills one login on its way to another state. */
async function killOnce(setup: Setup, { states, isOptional }: Possible): Promise<Possible> {
  const { home, tally, random } = setup;
  const others = STATES.filter((state) => state !== states.at(-1)) as [LoginState, ...LoginState[]];
  const target = random.pick(others);
  const earlier = takeSnapshot(home);
  const isAlone = random.next() < 0.5;
  const ended = await (random.next() < 0.5 ? killAtRandom(setup, target) : killAtCall(setup, target));
  if (!isAlone && home.kind !== "slow store") killAllOf(home.folder);
  await waitForAllOf(home.folder, "gpg-agent");
  const possible = { states: [...states, target], isOptional };
  tally.attempts++;
  if (ended.signal === "SIGKILL" && compare(earlier, takeSnapshot(home)).length > 0) tally.faults++;
  tally.losses.push(...findHarm(home, setup.before, possible.states));
  if (isAlone && random.next() < 0.3) tally.losses.push(...(await findWrongAnswers(home, possible.states, isOptional)));
  tally.leaks.push(...findLeaksInOutput(ended));
  return possible;
}

async function killAtRandom({ home, program, takes, random }: Setup, target: LoginState): Promise<Ended> {
  const run = startLogin(home, program, target);
  await sleep(takes * (0.1 + random.next()));
  run.child.kill("SIGKILL");
  return await run.ended;
}

function killAtCall({ home, program, calls, random }: Setup, target: LoginState): Promise<Ended> {
  const at = 1 + Math.floor(random.next() * calls);
  return startLogin(home, program, target, { TORTURE_DIE_AT: String(at) }).ended;
}

/** Logs in to a state without a kill, and finds what that should not have left. */
async function settle(setup: Omit<Setup, "takes" | "calls">, target: LoginState): Promise<Possible> {
  const { home, program, before, tally } = setup;
  const ended = await startLogin(home, program, target).ended;
  const { exitCode, stdout, stderr } = ended;
  const { wrong, leaks } = await findRemains(home, before, target);
  const isBad = wrong.length > 0 || exitCode !== 0 || stderr !== "";
  if (isBad) tally.losses.push(...wrong, `exit code ${exitCode}: ${stderr}${stdout}`);
  tally.losses.push(...findHarm(home, before, [target]));
  tally.leaks.push(...findLeaksInOutput(ended), ...leaks);
  return { states: [target], isOptional: false };
}

/** After a logout from everything, the home folder is as it was before the first login, to the byte. */
async function logOut({ home, program, before, tally }: Setup): Promise<Possible> {
  const { exitCode, stdout, stderr } = await startLogout(home, program).ended;
  if (exitCode !== 0) tally.losses.push(`logout: exit code ${exitCode}: ${stderr}${stdout}`);
  tally.losses.push(...compare(before, takeSnapshot(home)).map((line) => `after a logout ${line}`));
  return NONE;
}

/** Logs in once to see how long that takes, once to count the calls, and out again. */
async function measure(setup: Omit<Setup, "takes" | "calls">): Promise<Pick<Setup, "takes" | "calls">> {
  const { home, program } = setup;
  const file = join(tmpdir(), `registry-login-torture-count-${process.pid}`);
  const [one, two] = STATES as readonly LoginState[] as [LoginState, LoginState];
  try {
    await settle(setup, one);
    const { took } = await startLogin(home, program, two).ended;
    await startLogin(home, program, one, { TORTURE_COUNT: file }).ended;
    const calls = Number(readText(file));
    await logOut({ ...setup, takes: took, calls });
    if (calls === 0) throw new Error(`the calls of a login in ${home.folder} were not counted`);
    return { takes: took, calls };
  } finally {
    rmSync(file, { force: true });
  }
}
