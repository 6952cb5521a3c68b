import { expect, test } from "vitest";
import type { Context } from "../../../src/context.ts";
import { AWS_KEY, type AwsKey, ECR_HOST } from "../../support/aws-endpoint.ts";
import { awsSecrets, setUpAws } from "../../support/aws-setup.ts";
import { expectHelperFailure, getFor, type HelperAnswer } from "../../support/helper.ts";
import { filesBelow, logIn, logOut, secrets } from "../../support/temp-home.ts";

const HOUR = 3600_000;

const get = (context: Context, host = ECR_HOST): Promise<HelperAnswer> => getFor(context, host);

test("a key pair becomes a token by a request that is signed for the host's region and names no registry", async () => {
  const { aws, at } = await setUpAws();
  const { registries } = await logIn(at(0, awsSecrets()), { verify: "false" });
  expect(registries).toMatchObject([{ identifier: "ECR", kind: "ecr", outcome: "unreachable" }]);
  expect(aws.calls).toEqual([{ region: "eu-west-1", accessKeyId: AWS_KEY.accessKeyId, body: "{}" }]);
  expect(await get(at(0))).toMatchObject({ secret: aws.tokens[0] });
  expect(aws.calls).toHaveLength(1);
});

test("registries of one identity and region share one call, and each has an answer for its own host", async () => {
  const { aws, at } = await setUpAws();
  const other = ECR_HOST.replace("123456789012", "210987654321");
  await logIn(at(0, { ...awsSecrets(), ...awsSecrets(other, "OTHER") }), { verify: "false" });
  expect(aws.calls).toHaveLength(1);
  for (const host of [ECR_HOST, other]) expect((await get(at(0), host)).secret).toBe(aws.tokens[0]);
});

test("a different region needs its own call", async () => {
  const { aws, at } = await setUpAws();
  await logIn(at(0, { ...awsSecrets(), ...awsSecrets(ECR_HOST.replace("eu-west-1", "us-east-2"), "US") }), {
    verify: "false",
  });
  expect(aws.calls.map(({ region }) => region).sort()).toEqual(["eu-west-1", "us-east-2"]);
});

test("fifty helpers at once without a token make one call", async () => {
  const { aws, at } = await setUpAws();
  aws.fault = "error";
  await logIn(at(0, awsSecrets()), { verify: "false" });
  aws.fault = null;
  const before = aws.calls.length;
  const answers = await Promise.all(Array.from({ length: 50 }, () => get(at(0))));
  expect(new Set(answers.map(({ secret }) => secret))).toEqual(new Set([aws.tokens[0]]));
  expect(aws.calls.length - before).toBe(1);
});

test("in a week of pulls a token is renewed at half of its life, never earlier, and never served expired", async () => {
  const { aws, at } = await setUpAws();
  await logIn(at(0, awsSecrets()), { verify: "false" });
  const served: Record<number, number> = {};
  for (const hours of [0, 5.9, 6.1, 11, 13, 170])
    served[hours] = aws.tokens.indexOf((await get(at(hours))).secret ?? "");
  expect(served).toEqual({ 0: 0, 5.9: 0, 6.1: 1, 11: 1, 13: 2, 170: 3 });
  expect(aws.calls).toHaveLength(4);
});

test("if AWS fails, the old token is served while it is valid, and then the cause is printed", async () => {
  const { aws, at } = await setUpAws();
  await logIn(at(0, awsSecrets()), { verify: "false" });
  aws.fault = "error";
  expect((await get(at(11))).secret).toBe(aws.tokens[0]);
  await expectHelperFailure(at(13), ECR_HOST, /^registry-login: .*AWS ECR in eu-west-1 cannot answer now/);
});

const temporary: AwsKey = { ...AWS_KEY, accessKeyId: "ASIAIOSFODNN7EXAMPLE", sessionToken: "the-session-token" };

test.each([
  ["its own secret", { ECR_CONTAINER_REGISTRY_SESSION_TOKEN: "the-session-token" }],
  [
    "AWS's variable for the same key",
    { AWS_ACCESS_KEY_ID: temporary.accessKeyId, AWS_SESSION_TOKEN: "the-session-token" },
  ],
])("temporary keys use the session token from %s", async (_, env) => {
  const { aws, at } = await setUpAws([temporary]);
  const pair = secrets("ECR", ECR_HOST, temporary.accessKeyId, temporary.secretAccessKey);
  await logIn(at(0, { ...pair, ...env }), { verify: "false" });
  expect(aws.tokens).toHaveLength(1);
});

test("AWS's session token of another key is not used", async () => {
  const { aws, at } = await setUpAws();
  const { registries } = await logIn(
    at(0, { ...awsSecrets(), AWS_ACCESS_KEY_ID: "AKIAOTHER", AWS_SESSION_TOKEN: "x" }),
    {
      verify: "false",
    },
  );
  expect(registries[0]?.outcome).toBe("unreachable");
  expect(aws.tokens).toHaveLength(1);
});

test.each<[string, AwsKey[], string, number, RegExp]>([
  ["an unknown key", [], ECR_HOST, 1, /AWS ECR in eu-west-1 does not know the access key/],
  ["a wrong secret key", [{ ...AWS_KEY, secretAccessKey: "another" }], ECR_HOST, 1, /the secret access key is wrong/],
  ["a missing permission", [{ ...AWS_KEY, denied: true }], ECR_HOST, 1, /may not call ecr:GetAuthorizationToken/],
  ["an expired session", [{ ...AWS_KEY, expired: true }], ECR_HOST, 1, /session token: it has expired/],
  [
    "a missing permission, public",
    [{ ...AWS_KEY, denied: true }],
    "public.ecr.aws",
    1,
    /ecr-public:GetAuthorizationToken and sts:GetServiceBearerToken/,
  ],
])("%s is named", async (_, keys, host, calls, detail) => {
  const { aws, at } = await setUpAws(keys);
  const { registries } = await logIn(at(0, awsSecrets(host)), { verify: "false" });
  expect(registries[0]).toMatchObject({ outcome: "refused", detail: expect.stringMatching(detail) });
  expect(registries[0]?.hint).not.toBe("");
  expect(aws.calls).toHaveLength(calls);
});

test("a signature for a different region is rejected", async () => {
  const { aws, at } = await setUpAws();
  aws.region = "us-east-1";
  const { registries } = await logIn(at(0, awsSecrets()), { verify: "false" });
  expect(registries[0]).toMatchObject({ outcome: "refused" });
  aws.region = "eu-west-1";
  expect((await logIn(at(0, awsSecrets()), { verify: "false" })).registries[0]?.outcome).toBe("unreachable");
  expect(aws.tokens).toHaveLength(1);
});

test("with an unreachable endpoint the login is saved, and the exchange is tried again at a pull", async () => {
  const { aws, at } = await setUpAws();
  await aws.close();
  const { registries } = await logIn(at(0, awsSecrets()), { verify: "false" });
  expect(registries[0]).toMatchObject({ outcome: "unreachable", detail: expect.stringContaining("ECONNREFUSED") });
  await expectHelperFailure(at(0), ECR_HOST, /cannot reach AWS ECR/);
});

test("a clock that is half an hour off is corrected by the answer", async () => {
  const { aws, at } = await setUpAws();
  const context = at(0, awsSecrets());
  aws.now = () => Date.now() + HOUR / 2;
  await logIn(context, { verify: "false" });
  expect((await get(context)).secret).toBe(aws.tokens[0]);
});

test("an endpoint that hangs is abandoned at the timeout", async () => {
  const { aws, at } = await setUpAws();
  aws.fault = "hang";
  const { registries } = await logIn(at(0, awsSecrets()), { verify: "false", timeout: "1" });
  expect(registries[0]).toMatchObject({ outcome: "unreachable", detail: expect.stringContaining("within 1 s") });
});

test("ECR Public is requested in us-east-1", async () => {
  const { aws, at } = await setUpAws();
  await logIn(at(0, awsSecrets("public.ecr.aws")), { verify: "false" });
  expect(aws.calls).toMatchObject([{ region: "us-east-1" }]);
  expect((await get(at(0), "public.ecr.aws")).secret).toBe(aws.tokens[0]);
});

test("the user AWS with a token needs no call", async () => {
  const { aws, at } = await setUpAws();
  await logIn(at(0, secrets("ECR", ECR_HOST, "AWS", "ready-token")), { verify: "false" });
  expect((await get(at(0))).secret).toBe("ready-token");
  expect(aws.calls).toEqual([]);
});

test("with storage memory neither key nor token is on disk, and removing a login removes its token", async () => {
  const { aws, home, at } = await setUpAws();
  await logIn(at(0, awsSecrets()), { verify: "false" });
  expect(filesBelow(home.memory).filter((file) => file.includes("/tokens/"))).toHaveLength(1);
  await logOut(at(0), ECR_HOST);
  expect(filesBelow(home.memory).filter((file) => file.includes("/tokens/"))).toEqual([]);
  expect(filesBelow(home.folder).some((file) => file.includes("vault"))).toBe(false);
  expect(aws.tokens).toHaveLength(1);
});
