import { writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { logout } from "../../../src/commands/logout/logout.ts";
import { runAgent } from "../../support/agent.ts";
import { AWS_KEY, ECR_HOST } from "../../support/aws-endpoint.ts";
import { type AwsSetup, awsSecrets, setUpAws } from "../../support/aws-setup.ts";
import { getFor } from "../../support/helper.ts";
import { filesBelow, logIn } from "../../support/temp-home.ts";
import { type Ours, readVectors } from "../../support/vectors.ts";

interface Row {
  readonly name: string;
  readonly public?: boolean;
  readonly response?: null;
  readonly authorizationData?: unknown;
  readonly error?: true;
  readonly expected?: readonly { readonly host: string; readonly username: string; readonly password: string }[];
  readonly apiRegion?: string;
}

interface LifeRow {
  readonly expiresAt: string | null;
  readonly now?: string;
  readonly valid?: true;
  readonly ours?: Ours & { readonly keptSeconds: number };
}

interface IdentityRow {
  readonly env: Readonly<Record<string, string>>;
  readonly registryId?: string;
  readonly uses?: string;
  readonly ours?: Ours & { readonly uses: null };
}

const table = readVectors<{
  readonly cases: readonly Row[];
  readonly cacheLifetimeCases: readonly LifeRow[];
  readonly cacheFileCases: readonly { name: string; file?: unknown; ours?: Ours & { readonly notRun: true } }[];
  readonly identityPrecedenceCases: readonly IdentityRow[];
}>("ecr-token-exchange");

test.each(table.cases)("AWS's answer: $name", async (row) => {
  const shape = (): unknown => (row.response === null ? null : { authorizationData: row.authorizationData });
  const { aws, at } = await setUpAws([AWS_KEY], shape);
  const host = row.expected?.[0]?.host ?? ECR_HOST;
  const { registries } = await logIn(at(0, awsSecrets(host)), { verify: "false" });
  const answer = await getFor(at(0), host);
  if (row.expected === undefined) {
    expect(registries).toMatchObject([{ outcome: "failed", detail: "AWS answered without a registry token" }]);
    expect(answer).toMatchObject({ exitCode: 1, secret: null });
  } else {
    const [{ username: user, password: secret } = {}] = row.expected;
    expect(answer).toMatchObject({ exitCode: 0, user, secret });
    if (row.apiRegion !== undefined) expect(aws.calls).toMatchObject([{ region: row.apiRegion }]);
  }
});

/** `T0+5h59m59s` in hours behind T0. */
function hoursOf(text: string): number {
  const [, h = 0, m = 0, s = 0] = /^T0(?:\+(\d+)h(?:(\d+)m)?(?:(\d+)s)?)?$/.exec(text) ?? [];
  return Number(h) + Number(m) / 60 + Number(s) / 3600;
}

test.each(table.cacheLifetimeCases.filter(({ valid }) => valid))(
  "a token of T0 until $expiresAt is still served at $now",
  async ({ expiresAt, now }) => {
    const start = Date.now();
    const end = Math.floor(start / 1000) + hoursOf(expiresAt ?? "") * 3600;
    const authorizationToken = Buffer.from("AWS:token").toString("base64");
    const { aws, at } = await setUpAws([AWS_KEY], () => ({
      authorizationData: [{ authorizationToken, expiresAt: end }],
    }));
    await logIn({ ...at(0, awsSecrets()), now: () => start }, { verify: "false" });
    await getFor({ ...at(0), now: () => start + hoursOf(now ?? "") * 3600_000 }, ECR_HOST);
    expect(aws.calls).toHaveLength(1);
  },
);

test.each(table.cacheLifetimeCases.filter(({ expiresAt }) => expiresAt === null))(
  "a token that does not say when it ends",
  async ({ ours }) => {
    const authorizationToken = Buffer.from("AWS:token").toString("base64");
    const { aws, at } = await setUpAws([AWS_KEY], () => ({ authorizationData: [{ authorizationToken }] }));
    await logIn(at(0, awsSecrets()), { verify: "false" });
    const half = (ours?.keptSeconds ?? 0) / 3600;
    await getFor(at(half - 0.1), ECR_HOST);
    expect(aws.calls).toHaveLength(1);
    await getFor(at(half + 0.1), ECR_HOST);
    expect(aws.calls).toHaveLength(2);
  },
);

const cacheStories: Readonly<Record<string, (setup: AwsSetup, file: unknown) => Promise<void>>> = {
  "unknown version discarded": async ({ aws, home, at }, text) => {
    const file = filesBelow(home.memory).find((each) => each.includes("/tokens/")) ?? "";
    writeFileSync(file, JSON.stringify(text));
    expect((await getFor(at(0), ECR_HOST)).secret).toBe(aws.tokens[1]);
    expect((await getFor(at(0), ECR_HOST)).secret).toBe(aws.tokens[1]);
  },
  "refresh fails, stale entry exists": async ({ aws, at }) => {
    aws.fault = "throttle";
    expect((await getFor(at(11), ECR_HOST)).secret).toBe(aws.tokens[0]);
  },
};

test.each(table.cacheFileCases.filter(({ ours }) => ours?.notRun !== true))("$name", async ({ name, file }) => {
  const setup = await setUpAws();
  await logIn(setup.at(0, awsSecrets()), { verify: "false" });
  await cacheStories[name]?.(setup, file);
  expect.hasAssertions();
});

test.each(table.identityPrecedenceCases)("keyless, with $env", async ({ env, registryId, uses, ours }) => {
  const { aws, home } = await setUpAws([{ accessKeyId: "a", secretAccessKey: "b" }]);
  const world = {
    HOME: home.folder,
    AWS_ENDPOINT_URL_ECR: aws.url,
    AWS_EC2_METADATA_DISABLED: "true",
    ...env,
  };
  const host = ECR_HOST.replace("123456789012", registryId ?? "123456789012");
  const args = ["--json", "--no-verify", "--timeout", "60", "--storage", "disk", "--registries", `KEYLESS=${host}`];
  const { registries } = JSON.parse((await runAgent(args, world)).stdout);
  if (ours === undefined) {
    expect(uses).toBe("environment keys");
    expect(aws.calls).toMatchObject([{ region: "eu-west-1", accessKeyId: env.AWS_ACCESS_KEY_ID }]);
  } else {
    expect(aws.calls).toEqual([]);
    expect(registries).toMatchObject([
      { outcome: "failed", detail: "this machine has no AWS identity for AWS ECR in eu-west-1" },
    ]);
  }
});

test("a logout during a request to AWS leaves no token", async () => {
  let away: () => Promise<unknown> = async () => undefined;
  const authorizationToken = Buffer.from("AWS:token").toString("base64");
  const { home, at } = await setUpAws([AWS_KEY], async () => {
    await away();
    return { authorizationData: [{ authorizationToken }] };
  });
  await logIn(at(0, awsSecrets()), { verify: "false" });
  away = () => logout(at(7), { hosts: [], all: true, json: false });
  await getFor(at(7), ECR_HOST);
  expect(filesBelow(home.memory)).toEqual([]);
});
