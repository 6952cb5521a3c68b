import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startEmbeddedRegistry } from "../embedded-registry.ts";
import { makeTortureHome, type TortureHome } from "./home.ts";
import { findLeftovers, findLosses } from "./look.ts";
import { startAgent, startProgram } from "./process.ts";
import type { Random } from "./random.ts";
import { begin, type Tally } from "./tally.ts";
import { loginTo, MARK, STATES, type Wanted } from "./wanted.ts";

const COUNTER = "x-writes";

/**
 * Runs many agents at once, each on its way to one of the states, while others write config.json too: a program that
 * does it as docker does, and loops of `docker login` and `docker logout` where there is a docker.
 *
 * docker takes no lock, so its loops lose each other's logins, and now and then a line of ours: what counts is what we
 * lose. The program knows what it wrote last, so that it sees each of its own writes that was undone.
 */
export async function crowd(agents: number, dockerLoops: number, random: Random): Promise<Tally> {
  const loops = dockerLoops > 0 && spawnSync("docker", ["--version"]).status === 0 ? dockerLoops : 0;
  const tally = begin(`${agents} agents and ${loops} loops of docker login and logout at once`, random);
  const home = makeTortureHome();
  const registry = await startEmbeddedRegistry({ auth: "basic", user: "bob", password: `${MARK}-docker` });
  const stop = new AbortController();
  // Together with docker's loops, which undo its writes too, nobody could tell who did.
  const others =
    loops > 0
      ? Array.from({ length: loops }, (_, index) => dockerLoop(home, registry.host, index, stop.signal, tally))
      : [rewrite(home, stop.signal, tally)];
  try {
    const runs = Array.from({ length: agents }, async () => {
      const { env, args } = loginTo(random.pick(STATES));
      const { exitCode, stderr, stdout } = await startAgent({ env: { ...home.env, ...env }, args }).ended;
      tally.attempts++;
      if (exitCode !== 0 || stderr !== "") tally.losses.push(`exit code ${exitCode}: ${stderr}`);
      // One that had to give up says so; on a busy machine that is right.
      if (/"outcome":"failed"/.test(stdout.replaceAll(" ", ""))) tally.faults++;
    });
    await Promise.all(runs);
  } finally {
    stop.abort();
    await Promise.all(others);
    await registry.close();
  }
  try {
    // docker writes the whole file in its own layout, so bytes cannot be compared; it keeps what it knows.
    tally.losses.push(...(loops > 0 ? findLostValues(home) : findLosses(home, STATES)));
    await finish(home, random.pick(STATES), tally);
  } finally {
    home.remove();
  }
  return tally;
}

async function finish(home: TortureHome, wanted: Wanted, tally: Tally): Promise<void> {
  const { env, args } = loginTo(wanted);
  await startAgent({ env: { ...home.env, ...env }, args }).ended;
  const { wrong, leaks } = findLeftovers(home, wanted);
  tally.losses.push(...wrong);
  tally.leaks.push(...leaks);
}

/** Counts up in a key of its own, as docker writes: a file beside it, and a rename. */
async function rewrite({ config }: TortureHome, signal: AbortSignal, tally: Tally): Promise<void> {
  let last = 0;
  while (!signal.aborted) {
    const text = readFileSync(config, "utf8");
    const found = Number(new RegExp(`"${COUNTER}":(\\d+)`).exec(text)?.[1] ?? 0);
    if (found !== last) tally.losses.push(`write ${last} of another program was undone (${found})`);
    last = found + 1;
    const next = found === 0 ? text.replace("{", `{"${COUNTER}":1,`) : text.replace(/("x-writes":)\d+/, `$1${last}`);
    // What an agent wrote since it was read would be lost as with docker; looked at again, as we do.
    if (readFileSync(config, "utf8") !== text) {
      last = found;
      continue;
    }
    writeFileSync(`${config}.other`, next);
    renameSync(`${config}.other`, config);
    await sleep(2);
  }
}

async function dockerLoop(
  home: TortureHome,
  host: string,
  index: number,
  signal: AbortSignal,
  tally: Tally,
): Promise<void> {
  // Names of one server, each a key of its own.
  const name = host.replace("localhost", `127.0.0.${10 + index}`);
  const env = { ...home.env, DOCKER_CONFIG: dirname(home.config) };
  while (!signal.aborted) {
    for (const args of [
      ["login", "-u", "bob", "--password-stdin", name],
      ["logout", name],
    ]) {
      const { exitCode, stderr } = await startProgram("docker", args, env, `${MARK}-docker`).ended;
      tally.faults += exitCode === 0 ? 0 : 1;
      if (/json|parse|unexpected/i.test(stderr)) tally.losses.push(`docker: ${stderr}`);
    }
  }
}

/** docker drops keys that it does not know, so only those that it knows are looked for. */
function findLostValues({ config }: TortureHome): string[] {
  if (!existsSync(config)) return ["config.json is gone"];
  const { auths, credHelpers, HttpHeaders, plugins, psFormat } = JSON.parse(readFileSync(config, "utf8"));
  const found = { quay: auths?.["quay.io"]?.auth, gcr: credHelpers?.["gcr.io"], HttpHeaders, plugins, psFormat };
  const wanted = {
    quay: "cGVyc29uOm93bg==",
    gcr: "gcloud",
    HttpHeaders: { "X-Meta-Source": "cli" },
    plugins: { "x-cli-hints": { enabled: "true" } },
    psFormat: "table {{.ID}}\\t{{.Names}}",
  };
  return JSON.stringify(found) === JSON.stringify(wanted) ? [] : [`${join(config)}: ${JSON.stringify(found)}`];
}
