import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { AWS_KEY, ECR_HOST } from "../../support/aws-endpoint.ts";
import { setUpAws } from "../../support/aws-setup.ts";
import { getFor } from "../../support/helper.ts";
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
