import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { EmbeddedRegistry } from "../../test/support/embedded-registry.ts";
import { buildPackage } from "../package.ts";
import type { Case, Figure } from "./case.ts";
import { type DelayedPort, openDelayedPort } from "./delayed-port.ts";
import { type Installation, removeLogin } from "./installation.ts";
import { logInOneByOne, OTHER_LOGIN } from "./login.ts";
import { compare, cpuIn, cpuOf, median, mustRun, type Program } from "./measure.ts";
import { countRequests, portsOf, secretsFor, withRegistries } from "./registries.ts";

const RUNS = 25;
const LOGINS = 3;
const REGISTRIES = 10;
/** Milliseconds. */
const ROUND_TRIP = 50;
/** What a run that changes nothing may take: in milliseconds, and as a multiple of an empty Node. */
const UNCHANGED_MS = 150;
const UNCHANGED_NODES = 2.5;

/** The npm package on a machine that starts dev containers: the run at each start, and the first login. */
export const hostCase: Case = (installation) =>
  withRegistries(REGISTRIES, async (registries) => {
    const folder = join(installation.folder, "package");
    await buildPackage(folder);
    const program = join(folder, "bin", "registry-login.js");
    return [
      ...(await compareUnchanged(installation, program, registries)),
      ...(await compareFirstLogin(installation, program, registries)),
    ];
  });

/** A login that an initializeCommand runs at each start: the package is installed, and nothing has changed. */
async function compareUnchanged(
  installation: Installation,
  program: string,
  registries: readonly EmbeddedRegistry[],
): Promise<Figure[]> {
  const ports = portsOf(registries);
  const [home, largeHome] = [hostHome(installation), hostHome(installation)];
  const command = [installation.node, program, "login", "--if-changed", ...NATIVE];
  const one: Program = { command, env: installation.env(home, secretsFor(ports.slice(0, 1))) };
  const all: Program = { command, env: installation.env(largeHome, secretsFor(ports)) };
  const empty: Program = { command: [installation.node, "-e", "0"], env: installation.env(home) };
  try {
    for (const first of [one, all]) await mustRun(first);
    const before = countRequests(registries);
    const times = await compare({ one, all, empty }, RUNS);
    const cpu = await compare({ one: cpuOf(one), empty: cpuOf(empty) }, RUNS, cpuIn);
    const requests = countRequests(registries) - before;
    const name = "host run, 1 registry, nothing changed";
    const node = "an empty Node";
    return [
      { name, ours: times.one, theirs: UNCHANGED_MS, against: "the limit", atMost: 1 },
      { name, ours: times.one, theirs: times.empty, against: node, atMost: UNCHANGED_NODES, onChart: true },
      { name: "its processor time", ours: cpu.one, theirs: cpu.empty, against: node, atMost: null },
      { name: `the same, ${REGISTRIES} registries`, ours: times.all, theirs: times.empty, against: node, atMost: null },
      { name: "their requests", ours: requests, theirs: 0, unit: "requests", against: "the limit", atMost: 1 },
    ];
  } finally {
    for (const each of [home, largeHome]) removeLogin(each);
  }
}

/** The first login of a host, against one `docker login` after the other. */
async function compareFirstLogin(
  installation: Installation,
  program: string,
  registries: readonly EmbeddedRegistry[],
): Promise<Figure[]> {
  const ports = await Promise.all(portsOf(registries).map((port) => openDelayedPort(port, ROUND_TRIP)));
  const [ours, theirs]: [number[], number[]] = [[], []];
  try {
    for (let run = 0; run < LOGINS; run++) {
      ours.push(await logInOnHost(installation, program, ports));
      theirs.push(await logInOneByOne(installation, ports));
    }
  } finally {
    for (const port of ports) await port.close();
  }
  const name = `first host login, ${REGISTRIES} registries at ${ROUND_TRIP} ms`;
  const against = "docker login in a loop";
  return [{ name, ours: median(ours), theirs: median(theirs), against, atMost: 0.2, onChart: true }];
}

async function logInOnHost(
  installation: Installation,
  program: string,
  ports: readonly DelayedPort[],
): Promise<number> {
  const home = hostHome(installation);
  const env = installation.env(home, secretsFor(ports.map(({ port }) => port)));
  // All of them have to be logged in: a run that gives up would look fast.
  const command = [installation.node, program, "login", "--strict", "--timeout", "120", ...NATIVE];
  try {
    return (await mustRun({ command, env })).ms;
  } finally {
    removeLogin(home);
  }
}

/** Where docker puts a login, like the logins that it is compared with. */
const NATIVE = ["--storage", "native"];

/** A home folder in which docker does not look for a credential store, which may not be set up. */
function hostHome(installation: Installation): string {
  const home = installation.home();
  const folder = join(home, ".docker");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  writeFileSync(join(folder, "config.json"), JSON.stringify({ auths: OTHER_LOGIN }));
  return home;
}
