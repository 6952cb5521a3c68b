import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeCertificateIn, makeDatedCertificateIn } from "../certificate.ts";
import { answer } from "../misbehaving-server.ts";
import { secrets } from "../temp-home.ts";
import { makeTortureHome } from "./home.ts";
import { allMisbehaviours, type World } from "./misbehaviours.ts";
import { startAgent } from "./process.ts";
import type { Random } from "./random.ts";
import { PASSWORD, startHttp, USER } from "./servers.ts";
import { begin, type Tally } from "./tally.ts";

/** For a machine that does other things at once. */
const SLACK_MS = 5_000;

/**
 * Logs in to all registries that misbehave, in one run: it ends in its time, exits with 0, tells of each what happened,
 * and no password comes to where it should not.
 * @param timeout the agent's own option, in seconds; 10 by default, which makes 20 s for the whole
 */
export async function askBrokenRegistries(timeout: number, random: Random): Promise<Tally> {
  const tally = begin(`registries that misbehave, timeout ${timeout} s`, random);
  const folder = mkdtempSync(join(tmpdir(), "registry-login-torture-tls-"));
  const home = makeTortureHome();
  const trapped: string[] = [];
  const trap = await startHttp((request, response) => {
    trapped.push(`${request.url} ${request.headers.authorization}`);
    answer(response, 200);
  });
  const world = makeWorld(folder, trap.host);
  const misbehaviours = allMisbehaviours(world);
  const servers = await Promise.all(misbehaviours.map(({ start }) => start()));
  try {
    const named = servers.map(({ host }, index) => secrets(`R${index}`, host, USER, PASSWORD));
    const env = Object.assign({ ...home.env, SSL_CERT_FILE: join(folder, "all.pem") }, ...named);
    const { exitCode, stdout, stderr, took } = await startAgent({
      env,
      args: ["login", "--if-changed", "--json", "--timeout", String(timeout)],
    }).ended;
    tally.attempts = misbehaviours.length;
    tally.faults = misbehaviours.filter(({ codes }) => codes[0] !== null).length;
    if (exitCode !== 0 || stderr !== "") tally.losses.push(`exit code ${exitCode}: ${stderr}`);
    if (took > Math.max(2 * timeout, 10) * 1000 + SLACK_MS) tally.losses.push(`took ${took} ms`);
    const report: Outcome[] = JSON.parse(stdout).registries;
    for (const [index, { name, codes }] of misbehaviours.entries()) {
      const said = report.find(({ identifier }) => identifier === `R${index}`);
      const right = said !== undefined && (codes.includes(said.code) || (codes[0] === "*" && said.code !== null));
      const isTold = said?.detail !== "" && (said?.code === null || said?.hint !== "");
      if (!right || !isTold) tally.losses.push(`${name}: ${JSON.stringify(said)}`);
    }
    tally.leaks.push(...trapped.map((line) => `where it should not be: ${line}`));
    if (`${stdout}${stderr}`.includes(PASSWORD)) tally.leaks.push("the report");
  } finally {
    await Promise.all([...servers, trap].map((server) => server.close()));
    home.remove();
    rmSync(folder, { recursive: true });
  }
  return tally;
}

interface Outcome {
  readonly identifier: string;
  readonly code: string | null;
  readonly detail: string;
  readonly hint: string;
}

function makeWorld(folder: string, trap: string): World {
  const inside = (name: string): string => mkdtempSync(join(folder, name));
  const good = makeCertificateIn(inside("good"), "localhost");
  const expired = makeDatedCertificateIn(inside("expired"), ["localhost"], "20200101000000Z", "20210101000000Z");
  const otherName = makeCertificateIn(inside("name"), "registry.example");
  writeFileSync(join(folder, "all.pem"), [good, expired, otherName].map(({ cert }) => cert).join("\n"));
  return { trap, good, expired, otherName };
}
