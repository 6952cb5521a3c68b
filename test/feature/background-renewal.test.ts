import { existsSync, readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { type AwsEndpoint, ECR_HOST } from "../support/aws-endpoint.ts";
import { awsSecrets, setUpAws } from "../support/aws-setup.ts";
import { installLauncher, type Launcher } from "../support/launcher.ts";
import { logIn } from "../support/temp-home.ts";

interface Setup {
  readonly aws: AwsEndpoint;
  readonly launcher: Launcher;
  /** The file of the cached answer. */
  readonly answer: string;
  readonly lock: string;
  /** Asks as a client does. @returns the token */
  get(): Promise<string>;
}

/** Logged in to ECR some hours ago, with the launcher. A token is valid for 12 hours. */
async function loggedIn(hoursAgo: number): Promise<Setup> {
  const { aws, home, at } = await setUpAws();
  await logIn(at(-hoursAgo, awsSecrets()), { verify: "false" });
  aws.now = Date.now;
  const launcher = installLauncher(home, { AWS_ENDPOINT_URL_ECR: aws.url });
  const folder = join(home.folder, ".local/state/registry-login/answers");
  const get = async (): Promise<string> => {
    const { stdout, stderr, exitCode } = await launcher.run(["get"], ECR_HOST);
    expect({ stderr, exitCode }).toEqual({ stderr: "", exitCode: 0 });
    return JSON.parse(stdout).Secret;
  };
  return { aws, launcher, answer: join(folder, ECR_HOST), lock: join(folder, `+renewing-${ECR_HOST}`), get };
}

async function waitForToken({ answer, lock }: Setup, token: () => string | undefined): Promise<void> {
  const isThere = (): boolean => readFileSync(answer, "utf8").includes(token() ?? "no token yet") && !existsSync(lock);
  await vi.waitUntil(isThere, { timeout: 20_000, interval: 50 });
}

test("in the first half of a token's life no Node is started and AWS is not asked", async () => {
  const { get, aws, launcher } = await loggedIn(5);
  expect([await get(), launcher.starts(), aws.calls.length]).toEqual([aws.tokens[0], 0, 1]);
});

test("in the second half the token is given at once, and a new one is there for the next client", async () => {
  const setup = await loggedIn(7);
  expect(await setup.get()).toBe(setup.aws.tokens[0]);
  await waitForToken(setup, () => setup.aws.tokens[1]);
  expect([await setup.get(), setup.launcher.starts(), setup.aws.calls.length]).toEqual([setup.aws.tokens[1], 1, 2]);
});

test("fifty clients at once are all answered, with one request to AWS", async () => {
  const setup = await loggedIn(7);
  const { aws, get } = setup;
  expect(new Set(await Promise.all(Array.from({ length: 50 }, get)))).toEqual(new Set([aws.tokens[0]]));
  await waitForToken(setup, () => aws.tokens[1]);
  expect(aws.calls).toHaveLength(2);
});

test("fifty clients at once with an expired token get the new one, with one request to AWS", async () => {
  const { aws, get } = await loggedIn(13);
  const answers = await Promise.all(Array.from({ length: 50 }, get));
  expect(new Set(answers)).toEqual(new Set([aws.tokens[1]]));
  expect(aws.calls).toHaveLength(2);
}, 120_000);

test("while AWS does not answer, every client gets the valid token, and no second renewal starts", async () => {
  const { aws, get, lock, launcher } = await loggedIn(7);
  aws.fault = "hang";
  // The launcher's pipes are closed with its answer, although the renewal still waits for AWS.
  for (const _ of [1, 2, 3]) expect(await get()).toBe(aws.tokens[0]);
  await vi.waitUntil(() => aws.calls.length === 2, { timeout: 20_000 });
  expect([existsSync(lock), launcher.starts()]).toEqual([true, 1]);
});

describe("the lock of a renewal that was killed", () => {
  const now = (): number => Math.floor(Date.now() / 1000);
  test.each([
    ["is over after a minute", () => `${now() - 1}\n`],
    ["does not count where it is empty", () => ""],
    ["does not count where it is damaged", () => "soon\n"],
    ["does not count where the clock was set back", () => `${now() + 3600}\n`],
  ])("%s", async (_, content) => {
    const setup = await loggedIn(7);
    writeFileSync(setup.lock, content());
    expect(await setup.get()).toBe(setup.aws.tokens[0]);
    await waitForToken(setup, () => setup.aws.tokens[1]);
  });

  test("holds for a minute", async () => {
    const setup = await loggedIn(7);
    writeFileSync(setup.lock, `${now() + 50}\n`);
    expect(await setup.get()).toBe(setup.aws.tokens[0]);
    expect([setup.launcher.starts(), setup.aws.calls.length]).toEqual([0, 1]);
  });
});

test.each([
  ["no time of validity", (text: string) => `${text.split("\n")[0]}\n`],
  ["a time that is not a number", (text: string) => `${text.split("\n")[0]}\nlater\n`],
  ["a time that is over", (text: string) => `${text.split("\n")[0]}\n1\n`],
  ["the answer of another host", (text: string) => text.replace(ECR_HOST, "evil.example")],
  ["no last line break", (text: string) => text.trimEnd()],
])("a cached answer with %s is not given; the agent answers", async (_, change) => {
  const { answer, get, launcher, aws } = await loggedIn(7);
  writeFileSync(answer, change(readFileSync(answer, "utf8")));
  utimesSync(answer, 1, 1);
  expect(await get()).toBe(aws.tokens[1]);
  expect(launcher.starts()).toBe(1);
});

test("a renewal leaves nothing next to the answer", async () => {
  const setup = await loggedIn(7);
  await setup.get();
  await waitForToken(setup, () => setup.aws.tokens[1]);
  expect(readdirSync(join(setup.answer, ".."))).toEqual([ECR_HOST]);
});
