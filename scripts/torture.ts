import { readFileSync, writeFileSync } from "node:fs";
import { arch, cpus, release, totalmem } from "node:os";
import { join } from "node:path";
import { hasProgram, run } from "../test/support/shell.ts";
import { attack } from "../test/support/torture/attack/attack.ts";
import { breakFiles } from "../test/support/torture/break.ts";
import { crowd, crowdWithDocker } from "../test/support/torture/crowd.ts";
import { killAtCalls, killAtRandom } from "../test/support/torture/kill.ts";
import { fetchPass } from "../test/support/torture/native/homes.ts";
import { killNative } from "../test/support/torture/native/kill.ts";
import { createRandom, type Random } from "../test/support/torture/random.ts";
import { logInToBrokenRegistries } from "../test/support/torture/registries.ts";
import { killRenewals } from "../test/support/torture/renewal.ts";
import type { Tally } from "../test/support/torture/tally.ts";
import { buildAgent } from "./build.ts";
import { buildPackage } from "./package.ts";
import { PACKAGE_FOLDER, packageVersion, ROOT } from "./project.ts";
import { type Row, renderRows } from "./support.ts";

// Runs everything that the tests run a part of, and writes the figures to docs/platform/nothing-lost.md.
// `npm run torture -- SEED` repeats a run.

const HOST_PROGRAM = join(PACKAGE_FOLDER, "bin", "registry-login.js");

const PARTS: readonly ((random: Random) => Promise<Tally>)[] = [
  (random) => killAtRandom(1000, random),
  (random) => killAtCalls(250, random),
  (random) => killRenewals(200, random),
  (random) => killNative("pass", 200, random, HOST_PROGRAM),
  (random) => killNative("default pass", 50, random, HOST_PROGRAM),
  (random) => killNative("slow store", 30, random, HOST_PROGRAM),
  (random) => killNative("file", 200, random, HOST_PROGRAM),
  (random) => crowd(50, random),
  (random) => crowdWithDocker(50, 10, random),
  (random) => breakFiles(2, random),
  (random) => attack(1000, random),
  async (random) => (await logInToBrokenRegistries(3, random)).tally,
  async (random) => (await logInToBrokenRegistries(10, random)).tally,
];

const REPORT = join(ROOT, "docs/platform/nothing-lost.md");
const PLACE = /(<!-- torture -->\n).*?(<!-- \/torture -->)/s;

function rowOf({ name, attempts, faults, losses, leaks }: Tally): Row {
  return {
    what: name,
    attempts: String(attempts),
    faults: String(faults),
    losses: String(losses.length),
    leaks: String(leaks.length),
  };
}

async function machine(seed: number): Promise<string> {
  const { stdout } = await run("docker", ["--version"]);
  const docker = /[0-9]+(\.[0-9]+)+/.exec(stdout)?.[0];
  const memory = Math.round(totalmem() / 2 ** 30);
  const programs = `registry-login ${packageVersion()}, Node ${process.version}, docker ${docker}`;
  const date = new Date().toISOString().slice(0, 10);
  return `On ${date}, ${cpus().length} processors (${arch()}), ${memory} GB, Linux ${release().split("-")[0]}; ${programs}; seed ${seed}.`;
}

const seed = Number(process.argv[2] ?? Date.now() % 2 ** 32);
if (!Number.isInteger(seed)) throw new Error("the seed is a whole number: npm run torture -- 1");
if (process.getuid?.() !== 0)
  throw new Error("full disks and immutable files can only be made by root: run it as root");
if (!(await hasProgram("docker")))
  throw new Error("docker login needs docker's command line: install it, then run again");

await fetchPass();
await buildAgent();
await buildPackage();
console.log(`seed ${seed}`);
const tallies: Tally[] = [];
for (const part of PARTS) {
  const tally = await part(createRandom(seed));
  tallies.push(tally);
  console.log(Object.values(rowOf(tally)).join(" | "));
  for (const line of [...tally.losses, ...tally.leaks, ...tally.notes]) console.log(`  ${line.slice(0, 1000)}`);
}
const notes = tallies.flatMap((tally) => tally.notes);
const figures = [await machine(seed), renderRows(tallies.map(rowOf)), ...notes.map((note) => `${note}.`)].join("\n\n");
console.log(`\n${figures}`);
writeFileSync(REPORT, readFileSync(REPORT, "utf8").replace(PLACE, `$1\n${figures}\n\n$2`));
process.exit(tallies.some(({ losses, leaks }) => losses.length + leaks.length > 0) ? 1 : 0);
