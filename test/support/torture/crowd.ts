import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { type DockerLoop, findLostValues, startDockerLoop } from "./docker-loop.ts";
import { makeTortureHome, type TortureHome } from "./home.ts";
import { findLeaksInFiles, findLeaksInOutput } from "./leaks.ts";
import { findLeftovers, findLosses } from "./losses.ts";
import { startAgent } from "./process.ts";
import type { Random } from "./random.ts";
import { commandFor, type LoginState, STATES } from "./states.ts";
import { startTally, type Tally } from "./tally.ts";

const COUNTER = "x-writes";

/**
 * Runs many agents at once, each on its way to one of the states, while another program writes config.json as docker
 * does.
 *
 * No two programs of docker's configuration share a lock, so one of them can always undo what the other wrote within the
 * same moment; a note says how often an agent did.
 */
export async function crowd(agents: number, random: Random): Promise<Tally> {
  const tally = startTally(`${agents} agents at once, and another program that writes config.json`, random);
  const home = makeTortureHome();
  const stop = new AbortController();
  const other = rewrite(home, stop.signal);
  try {
    await runAgents(home, agents, random, tally);
    stop.abort();
    const { written, undone } = await other;
    tally.notes.push(`${undone} of ${written} writes of the other program were undone`);
    if (written === 0) tally.losses.push("the other program wrote nothing");
    tally.losses.push(...findLosses(home, STATES));
    await finish(home, random.pick(STATES), tally);
  } finally {
    stop.abort();
    await other;
    home.remove();
  }
  return tally;
}

/**
 * Runs many agents at once, and loops of `docker login` and `docker logout`, each with a registry of its own. docker's
 * loops lose each other's logins, and now and then a line of ours: what counts is what we lose.
 */
export async function crowdWithDocker(agents: number, loops: number, random: Random): Promise<Tally> {
  const tally = startTally(`${agents} agents and ${loops} loops of docker login and logout at once`, random);
  const home = makeTortureHome();
  const started: DockerLoop[] = [];
  try {
    for (let loop = 0; loop < loops; loop++) started.push(await startDockerLoop(home));
    await runAgents(home, agents, random, tally);
    for (const { stop } of started) {
      const { turns, losses, leaks } = await stop();
      if (turns === 0) tally.losses.push("a loop did not turn");
      tally.attempts += turns;
      tally.losses.push(...losses);
      tally.leaks.push(...leaks);
    }
    // docker writes the whole file in its own layout, so bytes cannot be compared; it keeps what it knows.
    tally.losses.push(...findLostValues(home));
    await finish(home, random.pick(STATES), tally);
  } finally {
    await Promise.all(started.map(({ stop }) => stop()));
    home.remove();
  }
  return tally;
}

async function runAgents(home: TortureHome, agents: number, random: Random, tally: Tally): Promise<void> {
  const run = async (): Promise<void> => {
    const { env, args } = commandFor(random.pick(STATES));
    const ended = await startAgent({ env: { ...home.env, ...env }, args }).ended;
    tally.attempts++;
    if (ended.exitCode !== 0 || ended.stderr !== "") tally.losses.push(`exit code ${ended.exitCode}: ${ended.stderr}`);
    // An agent that gives up on a busy machine has to report it.
    if (/"outcome": ?"failed"/.test(ended.stdout)) tally.faults++;
    tally.leaks.push(...findLeaksInOutput(ended));
  };
  await Promise.all(Array.from({ length: agents }, run));
  tally.leaks.push(...findLeaksInFiles(home, STATES));
}

async function finish(home: TortureHome, target: LoginState, tally: Tally): Promise<void> {
  const { env, args } = commandFor(target);
  await startAgent({ env: { ...home.env, ...env }, args }).ended;
  const { wrong, leaks } = findLeftovers(home, target);
  tally.losses.push(...wrong);
  tally.leaks.push(...leaks);
}

/** Increments a key of its own as docker writes, with a temporary file and a rename; before the rename it compares again. */
async function rewrite(
  { config }: TortureHome,
  signal: AbortSignal,
): Promise<{ readonly written: number; readonly undone: number }> {
  let [written, undone, last] = [0, 0, 0];
  while (!signal.aborted) {
    const text = readFileSync(config, "utf8");
    const found = Number(new RegExp(`"${COUNTER}":(\\d+)`).exec(text)?.[1] ?? 0);
    if (found !== last) undone++;
    const next =
      found === 0 ? text.replace("{", `{"${COUNTER}":1,`) : text.replace(/("x-writes":)\d+/, `$1${found + 1}`);
    writeFileSync(`${config}.other`, next);
    last = found;
    if (readFileSync(config, "utf8") === text) {
      renameSync(`${config}.other`, config);
      written++;
      last = found + 1;
    }
    // About as often as ten loops of docker login and logout do.
    await sleep(20);
  }
  return { written, undone };
}
