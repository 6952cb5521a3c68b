import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { credentialHelper } from "../../../src/commands/credential-helper/credential-helper.ts";
import { AWS_KEY, ECR_HOST } from "../../support/aws-endpoint.ts";
import { awsSecrets, setUpAws } from "../../support/aws-setup.ts";
import { writeEnvSecrets } from "../../support/codespace.ts";
import { expectHelperFailure, getFor } from "../../support/helper.ts";
import { filesBelow, logIn, secrets } from "../../support/temp-home.ts";

test("while AWS hangs, every client gets the token that is still valid, and there is one request", async () => {
  const { aws, home, at } = await setUpAws();
  await logIn(at(0, awsSecrets()), { verify: "false" });
  writeFileSync(home.optionsFile, "timeout=1\n");
  aws.fault = "hang";
  const answers = await Promise.all(Array.from({ length: 6 }, () => getFor(at(7), ECR_HOST)));
  expect(new Set(answers.map(({ secret }) => secret))).toEqual(new Set([aws.tokens[0]]));
  expect(aws.calls).toHaveLength(2);
  // And not again right after it.
  await getFor(at(7), ECR_HOST);
  expect(aws.calls).toHaveLength(2);
});

test("without a token, waiting clients share the failure of the one request", async () => {
  const { aws, home, at } = await setUpAws();
  writeFileSync(home.optionsFile, "timeout=1\n");
  aws.fault = "hang";
  await logIn(at(0, awsSecrets()), { verify: "false", timeout: "1" });
  const before = aws.calls.length;
  const answers = await Promise.all(Array.from({ length: 10 }, () => getFor(at(0), ECR_HOST)));
  expect(new Set(answers.map(({ secret }) => secret))).toEqual(new Set([null]));
  expect(aws.calls.length - before).toBe(1);
});

test("a client gets a token even if the vault cannot store it", async () => {
  const { aws, home, at } = await setUpAws();
  await logIn(at(0, awsSecrets()), { verify: "false" });
  const tokens = filesBelow(home.memory).find((file) => file.includes("/tokens/")) ?? "";
  const folder = join(tokens, "..");
  rmSync(folder, { recursive: true });
  writeFileSync(folder, "a file where a folder should be");
  expect((await getFor(at(0), ECR_HOST)).secret).toBe(aws.tokens[1]);
});

test("what the default credential chain starts ends at the timeout", async () => {
  const { home, at } = await setUpAws();
  mkdirSync(join(home.folder, ".aws"));
  const file = join(home.folder, ".aws", "config");
  writeFileSync(file, "[default]\ncredential_process = /bin/sleep 5\n");
  vi.stubEnv("AWS_CONFIG_FILE", file);
  vi.stubEnv("AWS_SHARED_CREDENTIALS_FILE", join(home.folder, "none"));
  vi.stubEnv("AWS_SDK_LOAD_CONFIG", "1");
  const { registries } = await logIn(at(0), { registries: `ECR=${ECR_HOST}`, verify: "false", timeout: "1" });
  expect(registries).toMatchObject([{ outcome: "unreachable", detail: expect.stringContaining("within 1 s") }]);
});

test("plaintext storage writes no empty password if AWS is unreachable", async () => {
  const { aws, home, at } = await setUpAws();
  aws.fault = "error";
  const { registries } = await logIn(at(0, awsSecrets()), { storage: "plaintext", verify: "false" });
  expect(registries).toMatchObject([{ outcome: "unreachable" }]);
  expect(home.readConfig()).toEqual({ credHelpers: { [ECR_HOST]: "registry-login" } });
  await expectHelperFailure(at(0), ECR_HOST, /cannot answer now/);
});

test("`docker login` without a user, which stores the answer that it got, does not store the token", async () => {
  const { aws, at } = await setUpAws();
  await logIn(at(0, awsSecrets()), { verify: "false" });
  const { stdout } = await credentialHelper(at(0), ["get"], async () => ECR_HOST);
  expect(await credentialHelper(at(0), ["store"], async () => stdout)).toMatchObject({ stdout: "", exitCode: 0 });
  expect((await getFor(at(13), ECR_HOST)).secret).toBe(aws.tokens[1]);
});

test("AWS's own session token is also read from the secrets file of a codespace", async () => {
  const key = { ...AWS_KEY, accessKeyId: "ASIAIOSFODNN7EXAMPLE", sessionToken: "the-session-token" };
  const { aws, home, at } = await setUpAws([key]);
  writeEnvSecrets(home, { AWS_ACCESS_KEY_ID: key.accessKeyId, AWS_SESSION_TOKEN: key.sessionToken });
  const set = secrets("ECR", ECR_HOST, key.accessKeyId, key.secretAccessKey);
  await logIn(at(0, { CODESPACES: "true", ...set }), { verify: "false" });
  expect(aws.tokens).toHaveLength(1);
});
