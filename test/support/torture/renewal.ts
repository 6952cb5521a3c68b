import { existsSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { AWS_KEY, type AwsEndpoint, ECR_HOST, startAwsEndpoint } from "../aws-endpoint.ts";
import { secrets } from "../temp-home.ts";
import { makeTortureHome, readMemoryFolder, type TortureHome } from "./home.ts";
import { placeLauncher } from "./launcher.ts";
import { type Ended, killAllOf, startAgent, startProgram } from "./process.ts";
import type { Random } from "./random.ts";
import { startTally, type Tally } from "./tally.ts";

const HOUR_SECONDS = 3600;
/** Milliseconds in which a client has to be answered: far more than a launcher needs, far less than AWS's time limit. */
const CLIENT_LIMIT_MS = 5000;
/** Milliseconds in which a renewal that nothing disturbs is done, on a busy machine too. */
const RENEWAL_LIMIT_MS = 30_000;

/** ECR, logged in, with the launcher that clients query. */
interface Setup {
  readonly home: TortureHome;
  readonly aws: AwsEndpoint;
  readonly launcher: string;
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Kills detached renewals with SIGKILL, at random moments, while AWS answers or hangs. Every client is answered at once with
 * a token that is valid, and what is left of a renewal is not in the way of the next one.
 * @param kills how many renewals are to be killed while they run; that many faults are counted
 */
export async function killRenewals(kills: number, random: Random): Promise<Tally> {
  const tally = startTally("SIGKILL during a renewal in the background", random);
  const setup = await setUp();
  const { aws, home } = setup;
  try {
    const takes = await measure(setup);
    while (tally.faults < kills && tally.losses.length + tally.leaks.length < 10) {
      aws.fault = random.next() < 0.3 ? "hang" : null;
      // More often than not, what the kill before left is in the way.
      if (random.next() < 0.4) await settle(setup, tally);
      age(setup, random.pick([7, 11]));
      endLock(setup);
      tally.attempts++;
      await query(setup, tally);
      await sleep(takes * random.next() * 1.2);
      if (killAllOf(home.folder)) tally.faults++;
      await query(setup, tally);
      killAllOf(home.folder);
    }
    aws.fault = null;
    await settle(setup, tally);
  } finally {
    killAllOf(home.folder);
    await aws.close();
    home.remove();
  }
  return tally;
}

async function setUp(): Promise<Setup> {
  const home = makeTortureHome();
  const aws = await startAwsEndpoint([AWS_KEY]);
  const env = { ...home.env, AWS_ENDPOINT_URL_ECR: aws.url };
  const login = secrets("ECR", ECR_HOST, AWS_KEY.accessKeyId, AWS_KEY.secretAccessKey);
  await startAgent({ env: { ...env, ...login }, args: ["login", "--no-verify"] }).ended;
  const { file: launcher } = placeLauncher(home.folder, "docker-credential-registry-login");
  return { home, aws, launcher, env };
}

/** Queries the launcher as a client does, which waits until the helper's pipes are closed. */
async function query(setup: Setup, tally: Tally): Promise<void> {
  const { stdout, stderr, exitCode, took } = await get(setup);
  const token = tokenIn(stdout);
  if (exitCode !== 0 || stderr !== "" || token === null) tally.losses.push(`no answer: ${exitCode} ${stdout}${stderr}`);
  else if (!setup.aws.isValid(token)) tally.losses.push("a token that AWS never issued, or that has expired");
  if (took > CLIENT_LIMIT_MS) tally.losses.push(`a client waited ${Math.round(took)} ms`);
}

function get({ launcher, env }: Setup): Promise<Ended> {
  return startProgram("sh", [launcher, "get"], env, ECR_HOST).ended;
}

function tokenIn(stdout: string): string | null {
  try {
    return JSON.parse(stdout).Secret;
  } catch {
    return null;
  }
}

/** Lets a renewal do its work: then the answer is a new token, and nothing is left next to it. */
async function settle(setup: Setup, tally: Tally): Promise<void> {
  const fault = setup.aws.fault;
  setup.aws.fault = null;
  age(setup, 7);
  endLock(setup);
  const calls = setup.aws.calls.length;
  await query(setup, tally);
  const isDone = (): boolean => !existsSync(lockOf(setup)) && setup.aws.calls.length > calls;
  for (let waited = 0; !isDone() && waited < RENEWAL_LIMIT_MS; waited += 50) await sleep(50);
  const { stdout } = await get(setup);
  if (!isDone() || tokenIn(stdout) !== setup.aws.tokens.at(-1)) tally.losses.push("the renewal did not renew");
  // What killed renewals left half written is removed by the next login.
  await startAgent({ env: setup.env, args: ["login", "--no-verify"] }).ended;
  const left = readdirSync(answersOf(setup)).filter((name) => name !== ECR_HOST);
  tally.losses.push(...left.map((name) => `left behind: ${name}`));
  setup.aws.fault = fault;
}

/** How long a renewal takes, in milliseconds. */
async function measure(setup: Setup): Promise<number> {
  age(setup, 7);
  const startedAt = performance.now();
  await get(setup);
  while (existsSync(lockOf(setup))) await sleep(5);
  return performance.now() - startedAt;
}

/** Makes the saved token and its cached answer this many hours old; a token is valid for twelve. */
function age(setup: Setup, hours: number): void {
  const now = Math.floor(Date.now() / 1000);
  const [issuedAt, expiresAt] = [now - hours * HOUR_SECONDS, now + (12 - hours) * HOUR_SECONDS];
  const tokens = join(readMemoryFolder(setup.home.state), "tokens");
  const secret = setup.aws.tokens.at(-1);
  for (const name of readdirSync(tokens).filter((each) => /^[0-9a-f]+\.json$/.test(each))) {
    writeFileSync(join(tokens, name), JSON.stringify({ secret, issuedAt, expiresAt }));
  }
  const file = join(answersOf(setup), ECR_HOST);
  const answer = JSON.stringify({ ServerURL: ECR_HOST, Username: "AWS", Secret: secret });
  writeFileSync(file, `${answer}\n${expiresAt - 60}\n`);
  utimesSync(file, now - HOUR_SECONDS, now - HOUR_SECONDS);
}

/** Lets the minute pass for which the lock of a killed renewal counts. */
function endLock(setup: Setup): void {
  if (existsSync(lockOf(setup))) writeFileSync(lockOf(setup), "1\n");
}

function answersOf({ home }: Setup): string {
  return join(home.state, "answers");
}

function lockOf(setup: Setup): string {
  return join(answersOf(setup), `+renewing-${ECR_HOST}`);
}
