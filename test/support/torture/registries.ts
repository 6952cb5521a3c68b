import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeCertificateIn, makeDatedCertificateIn } from "../certificate.ts";
import { formsOf } from "../leaks.ts";
import { answer } from "../misbehaving-server.ts";
import { filesBelow, secrets } from "../temp-home.ts";
import { makeTortureHome } from "./home.ts";
import { allMisbehaviors } from "./misbehaviors/all.ts";
import type { Fixtures, Misbehavior } from "./misbehaviors/misbehavior.ts";
import { PASSWORD, startHttp, USER } from "./misbehaviors/servers.ts";
import { LIMIT_MS, startAgent } from "./process.ts";
import type { Random } from "./random.ts";
import { startTally, type Tally } from "./tally.ts";

/** The result of one run that logs in to all of them. */
export interface RegistriesResult {
  readonly tally: Tally;
  /** What is wrong with the report about a misbehavior, by its name. */
  readonly troubles: Readonly<Record<string, readonly string[]>>;
}

/**
 * Logs in to all registries that misbehave, in one run: it ends within its time limit, exits with 0, reports for each
 * registry what happened, and no password goes anywhere else.
 * @param timeout the agent's own option, in seconds; 10 by default, which makes 20 s for the whole
 */
export async function logInToBrokenRegistries(timeout: number, random: Random): Promise<RegistriesResult> {
  const tally = startTally(`registries that misbehave, with a timeout of ${timeout} s`, random);
  const folder = mkdtempSync(join(tmpdir(), "registry-login-torture-tls-"));
  const home = makeTortureHome();
  const trap = await startHttp((request, response) => {
    tally.leaks.push(`where nothing should come: ${request.url} ${request.headers.authorization}`);
    answer(response, 200);
  });
  const fixtures = makeFixtures(folder, trap.host);
  const misbehaviors = allMisbehaviors();
  const servers = await Promise.all(misbehaviors.map(({ start }) => start(fixtures)));
  try {
    const named = servers.map(({ host }, index) => secrets(`R${index}`, host, USER, PASSWORD));
    const env = Object.assign({ ...home.env, SSL_CERT_FILE: join(folder, "all.pem") }, ...named);
    const args = ["login", "--if-changed", "--json", "--timeout", String(timeout)];
    const { exitCode, signal, stdout, stderr } = await startAgent({ env, args, limit: LIMIT_MS }).ended;
    tally.attempts = misbehaviors.length;
    tally.faults = misbehaviors.filter(({ codes }) => codes[0] !== null).length;
    if (exitCode !== 0 || stderr !== "") tally.losses.push(`ended with ${exitCode ?? signal}: ${stderr}`);
    const report = JSON.parse(stdout || '{"registries":[]}').registries as readonly Outcome[];
    const troubles = misbehaviors.map((each, index) => [
      each.name,
      troublesOf(
        each,
        report.find(({ identifier }) => identifier === `R${index}`),
      ),
    ]);
    tally.losses.push(...troubles.flatMap(([name, lines]) => (lines as string[]).map((line) => `${name}: ${line}`)));
    tally.leaks.push(...leaksIn("the report", `${stdout}${stderr}`));
    for (const file of filesBelow(home.folder)) tally.leaks.push(...leaksIn(file, readFileSync(file, "latin1")));
    return { tally, troubles: Object.fromEntries(troubles) };
  } finally {
    await Promise.all([...servers, trap].map((server) => server.close()));
    home.remove();
    rmSync(folder, { recursive: true });
  }
}

interface Outcome {
  readonly identifier: string;
  readonly code: string | null;
  readonly detail: string;
  readonly hint: string;
}

function troublesOf({ codes }: Misbehavior, said: Outcome | undefined): string[] {
  if (said === undefined) return ["it is not in the report"];
  const isRight = (codes as readonly (string | null)[]).includes(said.code);
  const isTold = said.code === null || (said.detail !== "" && said.hint !== "");
  return isRight && isTold ? [] : [`not ${codes.join(" or ")}, but ${JSON.stringify(said)}`];
}

/** With the storage memory, no form of the password may be on a disk. */
function leaksIn(place: string, text: string): string[] {
  return formsOf(USER, PASSWORD).flatMap((form) => (text.includes(form) ? [`${place}: ${form}`] : []));
}

function makeFixtures(folder: string, trap: string): Fixtures {
  const inside = (name: string): string => mkdtempSync(join(folder, name));
  const good = makeCertificateIn(inside("good"), "localhost");
  const expired = makeDatedCertificateIn(inside("expired"), ["localhost"], "20200101000000Z", "20210101000000Z");
  const otherName = makeCertificateIn(inside("name"), "registry.example");
  writeFileSync(join(folder, "all.pem"), [good, expired, otherName].map(({ cert }) => cert).join("\n"));
  return { trap, good, expired, otherName };
}
