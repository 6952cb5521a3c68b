import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { AWS_KEY, ECR_HOST } from "../../support/aws-endpoint.ts";
import { setUpAws } from "../../support/aws-setup.ts";
import { getFor } from "../../support/helper.ts";
import { answer, startServer } from "../../support/misbehaving-server.ts";
import { logIn, secrets } from "../../support/temp-home.ts";

const KEYLESS = { registries: `ECR=${ECR_HOST}`, verify: "false", timeout: "2" };
const PROFILE = `[default]\naws_access_key_id = ${AWS_KEY.accessKeyId}\naws_secret_access_key = ${AWS_KEY.secretAccessKey}\n`;

test("an entry of the option without secrets uses the identity of the machine, here a profile", async () => {
  const { aws, home, at } = await setUpAws();
  mkdirSync(join(home.folder, ".aws"));
  writeFileSync(join(home.folder, ".aws", "credentials"), PROFILE);
  vi.stubEnv("AWS_SHARED_CREDENTIALS_FILE", join(home.folder, ".aws", "credentials"));
  const { registries } = await logIn(at(0), KEYLESS);
  expect(registries).toMatchObject([{ outcome: "unreachable", detail: expect.stringContaining("not checked") }]);
  expect(aws.calls).toMatchObject([{ accessKeyId: AWS_KEY.accessKeyId, region: "eu-west-1" }]);
  expect((await getFor(at(0), ECR_HOST)).secret).toBe(aws.tokens[0]);
  // The profile is still there half a day later, and renews.
  expect((await getFor(at(7), ECR_HOST)).secret).toBe(aws.tokens[1]);
});

test("a machine without an identity gets an error that says so", async () => {
  const { aws, home, at } = await setUpAws();
  vi.stubEnv("AWS_SHARED_CREDENTIALS_FILE", join(home.folder, "none"));
  vi.stubEnv("AWS_CONFIG_FILE", join(home.folder, "none"));
  vi.stubEnv("AWS_EC2_METADATA_DISABLED", "true");
  const { registries } = await logIn(at(0), KEYLESS);
  expect(registries).toMatchObject([
    { outcome: "failed", detail: "this machine has no AWS identity for AWS ECR in eu-west-1" },
  ]);
  expect(aws.calls).toEqual([]);
});

test("with keys in the secrets the identity of the machine is never used", async () => {
  const { aws, home, at } = await setUpAws();
  mkdirSync(join(home.folder, ".aws"));
  writeFileSync(join(home.folder, ".aws", "credentials"), PROFILE);
  vi.stubEnv("AWS_SHARED_CREDENTIALS_FILE", join(home.folder, ".aws", "credentials"));
  vi.stubEnv("AWS_ACCESS_KEY_ID", AWS_KEY.accessKeyId);
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", AWS_KEY.secretAccessKey);
  const { registries } = await logIn(at(0, secrets("ECR", ECR_HOST, "AKIAOTHER", "other-key")), { verify: "false" });
  expect(registries).toMatchObject([{ outcome: "refused" }]);
  expect(new Set(aws.calls.map(({ accessKeyId }) => accessKeyId))).toEqual(new Set(["AKIAOTHER"]));
});

// Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html (errors)
test.each([
  {
    name: "AccessDenied",
    status: 403,
    type: "text/xml",
    body: "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>x</Message></Error></ErrorResponse>",
    outcome: "failed",
    code: "aws-identity-rejected",
    says: /^AWS at 127\.0\.0\.1:\d+ rejects the identity that this machine uses \(AccessDenied\)$/,
  },
  {
    name: "ExpiredTokenException",
    status: 400,
    type: "text/xml",
    body: "<ErrorResponse><Error><Type>Sender</Type><Code>ExpiredTokenException</Code><Message>x</Message></Error></ErrorResponse>",
    outcome: "failed",
    code: "aws-identity-rejected",
    says: /^AWS at 127\.0\.0\.1:\d+ rejects the identity that this machine uses \(ExpiredTokenException\)$/,
  },
  {
    name: "a block page",
    status: 403,
    type: "text/html",
    body: "<html>Blocked</html>",
    outcome: "unreachable",
    code: "aws-not-asked",
    says: /cannot reach AWS at 127\.0\.0\.1:\d+: a web page \(status 403\) answered instead/,
  },
])("where STS answers $name, ECR is not blamed", async ({ status, type, body, outcome, code, says }) => {
  const { aws, home, at } = await setUpAws();
  const sts = await startServer((response) => answer(response, status, { "content-type": type }, body));
  writeFileSync(join(home.folder, "token"), "the-web-identity-token");
  vi.stubEnv("AWS_ENDPOINT_URL_STS", `http://${sts.host.replace("localhost", "127.0.0.1")}`);
  vi.stubEnv("AWS_WEB_IDENTITY_TOKEN_FILE", join(home.folder, "token"));
  vi.stubEnv("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/pull");
  vi.stubEnv("AWS_SHARED_CREDENTIALS_FILE", join(home.folder, "none"));
  vi.stubEnv("AWS_CONFIG_FILE", join(home.folder, "none"));
  vi.stubEnv("AWS_EC2_METADATA_DISABLED", "true");
  const { registries } = await logIn(at(0), { ...KEYLESS, timeout: "10" });
  expect(registries).toMatchObject([{ outcome, code, detail: expect.stringMatching(says) }]);
  expect(aws.calls).toEqual([]);
  expect(sts.seen.length).toBeGreaterThan(0);
});
