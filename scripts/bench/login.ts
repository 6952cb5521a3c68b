import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type EmbeddedRegistry, startEmbeddedRegistry } from "../../test/support/embedded-registry.ts";
import { ensureEngine, installPackages } from "../../test/support/engine.ts";
import { type Bed, forget } from "./bed.ts";
import type { Case, Figure } from "./case.ts";
import { type FarPort, openFarPort } from "./far.ts";
import { median, mustRun } from "./measure.ts";

const COUNTS = [1, 10, 100];
const ROUND_TRIPS = [0, 50, 200];
const USER = { user: "bob", password: "right-password" };
const RUNS = 2;
const MB = 1_000_000;
/** A loop of this many logins takes minutes at the longest way: of these, the first ones are timed, and counted up. */
const MANY = 100;
const TIMED = 20;

/** Logins, all at once, against one `docker login` after the other. */
export const loginCase: Case = async (bed) => {
  await installPackages(["docker.io"]);
  const stopEngine = await ensureEngine();
  const registries = await Promise.all(
    Array.from({ length: Math.max(...COUNTS) }, () => startEmbeddedRegistry({ auth: "bearer", ...USER })),
  );
  try {
    const figures: Figure[] = [];
    for (const roundTrip of ROUND_TRIPS) figures.push(...(await atDistance(bed, registries, roundTrip)));
    return figures;
  } finally {
    for (const registry of registries) await registry.close();
    await stopEngine();
  }
};

async function atDistance(bed: Bed, registries: readonly EmbeddedRegistry[], roundTrip: number): Promise<Figure[]> {
  const ways = await Promise.all(registries.map(({ host }) => openFarPort(Number(host.split(":")[1]), roundTrip)));
  try {
    const figures: Figure[] = [];
    const ours = new Map<number, number>();
    for (const count of COUNTS) {
      const [mine, theirs, peaks]: [number[], number[], number[]] = [[], [], []];
      for (let run = 0; run < RUNS; run++) {
        const { ms, peak } = await logInAtOnce(bed, ways.slice(0, count));
        mine.push(ms);
        peaks.push(peak);
        const timed = Math.min(count, TIMED);
        if (count !== MANY || run === 0) {
          theirs.push(((await logInOneByOne(bed, ways.slice(0, timed))) * count) / timed);
        }
      }
      ours.set(count, median(mine));
      figures.push({
        name: `login, ${count} at ${roundTrip} ms`,
        ours: median(mine),
        theirs: median(theirs),
        against: count === MANY ? `docker login in a loop (${TIMED}, counted up)` : "docker login in a loop",
        atMost: count === 10 && roundTrip === 50 ? 0.2 : null,
      });
      if (count === MANY) {
        const name = `memory of a login, ${count} at ${roundTrip} ms`;
        const peak = Math.max(...peaks) / MB;
        figures.push({ name, ours: peak, theirs: 120, unit: "MB", against: "the limit", atMost: 1 });
      }
    }
    if (roundTrip === 200) {
      const [one = 0, ten = 0] = [ours.get(1), ours.get(10)];
      figures.push({ name: "login, 10 against 1 at 200 ms", ours: ten, theirs: one, against: "one", atMost: 1.5 });
    }
    return figures;
  } finally {
    for (const way of ways) await way.close();
  }
}

async function logInAtOnce(bed: Bed, ways: readonly FarPort[]): Promise<{ ms: number; peak: number }> {
  const home = bed.home();
  const secrets = Object.fromEntries(
    ways.flatMap(({ port }, index) => [
      [`R${index}_CONTAINER_REGISTRY_SERVER`, `localhost:${port}`],
      [`R${index}_CONTAINER_REGISTRY_USER`, USER.user],
      [`R${index}_CONTAINER_REGISTRY_PASSWORD`, USER.password],
    ]),
  );
  // All of them, however slow the machine is: a time limit would make a shorter time of it.
  const command = [bed.registryLogin, "login", "--strict", "--timeout", "120"];
  try {
    const { ms, peak } = await mustRun({ command, env: bed.env(home, secrets) }, true);
    return { ms, peak: peak ?? 0 };
  } finally {
    forget(home);
  }
}

async function logInOneByOne(bed: Bed, ways: readonly FarPort[]): Promise<number> {
  const home = bed.home();
  const hosts = ways.map(({ port }) => `localhost:${port}`);
  const loop = `for host; do printf '%s' "$PASSWORD" | docker login --username ${USER.user} --password-stdin "$host" || exit; done`;
  const env = bed.env(home, { PASSWORD: USER.password });
  mkdirSync(join(home, ".docker"));
  const { ms } = await mustRun({ command: ["sh", "-c", loop, "sh", ...hosts], env });
  const { auths } = JSON.parse(readFileSync(join(home, ".docker/config.json"), "utf8"));
  if (Object.keys(auths).length !== hosts.length) throw new Error("docker login has not logged in everywhere");
  forget(home);
  return ms;
}
