import { existsSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { installPackages } from "../../test/support/engine.ts";
import { type Aws, ECR_HOST, ecrLogin, logInToEcr, startAws } from "./aws.ts";
import type { Case, Figure } from "./case.ts";
import { type Installation, memoryVault, removeLogin } from "./installation.ts";
import { atOnce, compare, median, mustRun, type Program, repeat, TURNS } from "./measure.ts";

const RUNS = 15;
const ROUNDS = 5;
const CLIENTS = 50;
/** Milliseconds to AWS and back. */
const ROUND_TRIP = 200;
const HOUR_SECONDS = 3600;
const POLL_MS = 20;
const LIMIT_MS = 60_000;

/** Tokens of AWS in the second half of their life, and after its end: who waits, and how often AWS is queried. */
export const renewalCase: Case = async (installation) => {
  await installPackages(["amazon-ecr-credential-helper"]);
  const aws = await startAws(installation.home(), ROUND_TRIP);
  const [fresh, aging, other] = [installation.home(), installation.home(), installation.home()];
  try {
    const world: World = { installation, aws, fresh, aging };
    for (const home of [fresh, aging]) await logInToEcr(installation, installation.env(home, aws.env));
    return [
      ...(await compareWithEcrLogin(world, other)),
      ...(await askAtOnce(world)),
      ...(await askExpiredAtOnce(world)),
      await askWhileAwsHangs(world),
    ];
  } finally {
    await aws.close();
    for (const each of [fresh, aging]) removeLogin(each);
  }
};

interface World {
  readonly installation: Installation;
  readonly aws: Aws;
  /** A home folder with a token in the first half of its life. */
  readonly fresh: string;
  /** A home folder whose token is made older. */
  readonly aging: string;
}

async function compareWithEcrLogin(world: World, ecrHome: string): Promise<Figure[]> {
  const { installation, aws, aging } = world;
  const ecr = ecrLogin(installation, ecrHome, aws);
  await mustRun(ecr);
  const times = await compare(
    {
      warm: repeat(getIn(world, world.fresh), serverFile(installation)),
      ours: { ...repeat(getIn(world, aging), serverFile(installation)), before: () => makeOlder(aging) },
      ecr: { ...ecr, before: () => makeEcrLoginOlder(ecrHome) },
    },
    RUNS,
  );
  const name = `get, second half of a token's life, AWS at ${ROUND_TRIP} ms`;
  const ours = times.ours / TURNS;
  return [
    { name, ours, theirs: times.warm / TURNS, against: "a warm get", atMost: 3 },
    { name, ours, theirs: times.ecr, against: "docker-credential-ecr-login", atMost: null, onChart: true },
  ];
}

/** No client waits for the renewal: all of them get the token that is still valid. */
async function askAtOnce(world: World): Promise<Figure[]> {
  const { installation, aws, fresh, aging } = world;
  const input = serverFile(installation);
  const [warm, ours, requests]: [number[], number[], number[]] = [[], [], []];
  for (let round = 0; round < ROUNDS; round++) {
    warm.push((await mustRun(atOnce(getIn(world, fresh), input, CLIENTS))).ms);
    await makeOlder(aging);
    const before = aws.endpoint.calls.length;
    const { ms, stdout } = await mustRun(atOnce(getIn(world, aging), input, CLIENTS));
    checkAnswers(stdout, CLIENTS);
    await renewed(aging);
    ours.push(ms);
    requests.push(aws.endpoint.calls.length - before);
  }
  const name = `get, ${CLIENTS} at once, second half of a token's life`;
  return [
    { name, ours: median(ours), theirs: median(warm), against: `${CLIENTS} warm`, atMost: 3 },
    requestsTo(Math.max(...requests)),
  ];
}

async function askExpiredAtOnce(world: World): Promise<Figure[]> {
  const { installation, aws, aging } = world;
  const [one, all, requests]: [number[], number[], number[]] = [[], [], []];
  for (let round = 0; round < ROUNDS; round++) {
    for (const [count, times] of [[1, one] as const, [CLIENTS, all] as const]) {
      removeToken(aging);
      const before = aws.endpoint.calls.length;
      const { ms, stdout } = await mustRun(atOnce(getIn(world, aging), serverFile(installation), count));
      checkAnswers(stdout, count);
      times.push(ms);
      requests.push(aws.endpoint.calls.length - before);
    }
  }
  const name = `get, ${CLIENTS} at once, expired token`;
  return [
    { name, ours: median(all), theirs: median(one), against: "one", atMost: 15 },
    requestsTo(Math.max(...requests)),
  ];
}

/** The first client starts a renewal, which hangs. */
async function askWhileAwsHangs(world: World): Promise<Figure> {
  const { installation, aws, fresh, aging } = world;
  const input = serverFile(installation);
  await makeOlder(aging);
  aws.endpoint.fault = "hang";
  const times = await compare(
    { warm: repeat(getIn(world, fresh), input), ours: repeat(getIn(world, aging), input) },
    RUNS,
  );
  // It would write into a vault that is gone.
  await until(() => tokenFiles(aging).some((file) => file.endsWith(".failure.json")));
  const name = "get, second half of a token's life, AWS hangs";
  return { name, ours: times.ours / TURNS, theirs: times.warm / TURNS, against: "a warm get", atMost: 3 };
}

function requestsTo(most: number): Figure {
  return { name: "their requests to AWS", ours: most, theirs: 1, unit: "requests", against: "the limit", atMost: 1 };
}

function getIn({ installation, aws }: World, home: string): Program {
  return { command: [installation.helper, "get"], env: installation.env(home, aws.env), input: ECR_HOST };
}

function serverFile({ folder }: Installation): string {
  const file = join(folder, "server");
  writeFileSync(file, ECR_HOST);
  return file;
}

function checkAnswers(stdout: string, count: number): void {
  const answers = stdout.trim().split("\n");
  if (answers.length !== count || new Set(answers).size !== 1) throw new Error("clients got different answers");
}

function answersFolder(home: string): string {
  return join(home, ".local/state/registry-login/answers");
}

function tokenFiles(home: string): string[] {
  const folder = join(memoryVault(home) ?? "", "tokens");
  return readdirSync(folder).map((name) => join(folder, name));
}

/** The login stays, but its token and the answer made of it are gone. */
export function removeToken(home: string): void {
  rmSync(join(answersFolder(home), ECR_HOST), { force: true });
  for (const file of tokenFiles(home)) rmSync(file, { force: true });
}

/** Waits for a renewal that has begun. */
async function renewed(home: string): Promise<void> {
  await until(() => !existsSync(join(answersFolder(home), `+renewing-${ECR_HOST}`)));
}

/** Makes the token one of eight hours ago, when no renewal is running. */
async function makeOlder(home: string): Promise<void> {
  await renewed(home);
  const now = Math.floor(Date.now() / 1000);
  for (const file of tokenFiles(home).filter((each) => each.endsWith(".json"))) {
    const token = JSON.parse(readFileSync(file, "utf8"));
    const [issuedAt, expiresAt] = [now - 8 * HOUR_SECONDS, now + 4 * HOUR_SECONDS];
    writeFileSync(file, JSON.stringify({ ...token, issuedAt, expiresAt }));
  }
  utimesSync(join(answersFolder(home), ECR_HOST), 1, 1);
}

/** The same for docker-credential-ecr-login. */
function makeEcrLoginOlder(home: string): void {
  const file = join(home, ".ecr/cache.json");
  const cache = JSON.parse(readFileSync(file, "utf8"));
  const timeAt = (hours: number): string => new Date(Date.now() + hours * HOUR_SECONDS * 1000).toISOString();
  for (const entry of Object.values<object>(cache.Registries)) {
    Object.assign(entry, { RequestedAt: timeAt(-8), ExpiresAt: timeAt(4) });
  }
  writeFileSync(file, JSON.stringify(cache));
}

async function until(isDone: () => boolean): Promise<void> {
  const deadline = Date.now() + LIMIT_MS;
  while (!isDone()) {
    if (Date.now() > deadline) throw new Error("a renewal has not ended");
    await sleep(POLL_MS);
  }
}
