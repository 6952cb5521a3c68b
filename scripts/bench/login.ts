import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { EmbeddedRegistry } from "../../test/support/embedded-registry.ts";
import type { Case, Figure } from "./case.ts";
import { type DelayedPort, openDelayedPort } from "./delayed-port.ts";
import { type Installation, removeLogin } from "./installation.ts";
import { median, mustRun } from "./measure.ts";
import { portsOf, secretsFor, USER, withRegistries } from "./registries.ts";

const COUNTS = [1, 10, 100];
/** Milliseconds. */
const ROUND_TRIPS = [0, 50, 200];
const RUNS = 2;
const MB = 1_000_000;
/** A loop of this many logins takes minutes: the first ones of them are timed, and the rest is extrapolated. */
const MANY = 100;
const TIMED = 20;

/** Logins, all at once, against one `docker login` after the other. */
export const loginCase: Case = (installation) =>
  withRegistries(Math.max(...COUNTS), async (registries) => {
    const figures: Figure[] = [];
    for (const roundTrip of ROUND_TRIPS) figures.push(...(await compareAt(roundTrip, installation, registries)));
    return figures;
  });

async function compareAt(
  roundTrip: number,
  installation: Installation,
  registries: readonly EmbeddedRegistry[],
): Promise<Figure[]> {
  const ports = await Promise.all(portsOf(registries).map((port) => openDelayedPort(port, roundTrip)));
  try {
    const figures: Figure[] = [];
    const ours = new Map<number, number>();
    for (const count of COUNTS) {
      const measured = await compareLogins(installation, ports.slice(0, count));
      ours.set(count, measured.ours);
      const isGoal = count === 10 && roundTrip === 50;
      figures.push({
        name: `login, ${count} at ${roundTrip} ms`,
        ours: measured.ours,
        theirs: measured.theirs,
        against: count === MANY ? `docker login in a loop (${TIMED}, extrapolated)` : "docker login in a loop",
        atMost: isGoal ? 0.2 : null,
        onChart: isGoal,
      });
      if (count === MANY) {
        const name = `memory of a login, ${count} at ${roundTrip} ms`;
        figures.push({ name, ours: measured.peak / MB, theirs: 120, unit: "MB", against: "the limit", atMost: 1 });
      }
    }
    if (roundTrip === 200) {
      const [one = 0, ten = 0] = [ours.get(1), ours.get(10)];
      figures.push({ name: "login, 10 against 1 at 200 ms", ours: ten, theirs: one, against: "one", atMost: 1.5 });
    }
    return figures;
  } finally {
    for (const port of ports) await port.close();
  }
}

/** @returns medians in milliseconds, and the most memory of ours in bytes */
async function compareLogins(
  installation: Installation,
  ports: readonly DelayedPort[],
): Promise<{ ours: number; theirs: number; peak: number }> {
  const [ours, theirs, peaks]: [number[], number[], number[]] = [[], [], []];
  const timed = Math.min(ports.length, TIMED);
  for (let run = 0; run < RUNS; run++) {
    const { ms, peak } = await logInAtOnce(installation, ports);
    ours.push(ms);
    peaks.push(peak);
    if (ports.length === MANY && run > 0) continue;
    theirs.push(((await logInOneByOne(installation, ports.slice(0, timed))) * ports.length) / timed);
  }
  return { ours: median(ours), theirs: median(theirs), peak: Math.max(...peaks) };
}

async function logInAtOnce(
  installation: Installation,
  ports: readonly DelayedPort[],
): Promise<{ ms: number; peak: number }> {
  const home = installation.home();
  const secrets = secretsFor(ports.map(({ port }) => port));
  // However slow the machine is, all of them have to be logged in: a run that gives up would look fast.
  const command = [installation.registryLogin, "login", "--strict", "--timeout", "120"];
  try {
    const { ms, peak } = await mustRun({ command, env: installation.env(home, secrets) }, true);
    return { ms, peak: peak ?? 0 };
  } finally {
    removeLogin(home);
  }
}

/** With no login at all in its config file, docker would use a credential store of the machine, which may not be set up. */
export const OTHER_LOGIN = { "registry.example.com": {} };

/** @returns how long a loop of `docker login` took, in milliseconds */
export async function logInOneByOne(
  installation: Installation,
  ports: readonly Pick<DelayedPort, "port">[],
): Promise<number> {
  const home = installation.home();
  const hosts = ports.map(({ port }) => `localhost:${port}`);
  const loop = `for host; do printf '%s' "$PASSWORD" | docker login --username ${USER.user} --password-stdin "$host" || exit; done`;
  const folder = join(home, ".docker");
  const file = join(folder, "config.json");
  mkdirSync(folder);
  writeFileSync(file, JSON.stringify({ auths: OTHER_LOGIN }));
  const env = installation.env(home, { PASSWORD: USER.password, DOCKER_CONFIG: folder });
  const { ms } = await mustRun({ command: ["sh", "-c", loop, "sh", ...hosts], env });
  const { auths } = JSON.parse(readFileSync(file, "utf8"));
  if (!hosts.every((host) => Object.hasOwn(auths, host))) throw new Error("docker login has not logged in everywhere");
  removeLogin(home);
  return ms;
}
