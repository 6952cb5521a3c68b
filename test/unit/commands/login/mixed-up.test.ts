import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { expect, test } from "vitest";
import { credentialHelper } from "../../../../src/commands/credential-helper/credential-helper.ts";
import { login } from "../../../../src/commands/login/login.ts";
import { plan } from "../../../../src/commands/plan/plan.ts";
import { ECR_HOST } from "../../../support/aws-endpoint.ts";
import { startLocalRegistry } from "../../../support/local-registry.ts";
import { printed } from "../../../support/printed.ts";
import { logIn, makeHome, secrets } from "../../../support/temp-home.ts";

const PASSWORD = "right-password";

test.each([
  ["its own, short", secrets("A", "hunter2", "bob", "hunter2"), "hunter2"],
  [
    "another set's",
    { ...secrets("C", "other.secret-of-d", "bob", "x"), ...secrets("D", "ghcr.io", "bob", "other.secret-of-d") },
    "other.secret-of-d",
  ],
])("a password instead of the server (%s) is printed nowhere", async (_, env, secret) => {
  const home = makeHome();
  const context = home.context(env);
  const said = [
    (await printed(context, login(context, { options: { verify: "false" }, json: false, onlyChanged: false }))).stdout,
    (await printed(context, login(context, { options: { verify: "false" }, json: true, onlyChanged: false }))).stdout,
    (await printed(context, plan(context, {}, false))).stdout,
    (await printed(context, plan(context, {}, true))).stdout,
  ].join("\n");
  expect(said).toContain("_CONTAINER_REGISTRY_SERVER holds a password");
  expect(said).not.toContain(secret);
});

test.each([`ECR=${ECR_HOST}`, "TEAM=mycompany"])(
  "a terminal without secrets keeps the logins, even with the option registries %s",
  async (registries) => {
    const home = makeHome();
    const host = await startLocalRegistry(PASSWORD);
    await logIn(home.context(secrets("A", host, "bob", PASSWORD)));
    // The keyless entry asks AWS's default chain: pointed at nothing, so that it finds no identity.
    const { registries: after } = await logIn(home.context({}), { registries, timeout: "1" });
    expect(after).toContainEqual(expect.objectContaining({ identifier: "A", outcome: "unchanged" }));
    expect(home.readConfig()).toMatchObject({ credHelpers: { [host]: "registry-login" } });
  },
);

test("two logins at the same time create one vault", async () => {
  const home = makeHome();
  const env = secrets("A", await startLocalRegistry(PASSWORD), "bob", PASSWORD);
  await Promise.all([1, 2, 3].map(() => logIn(home.context(env))));
  expect(readdirSync(home.memory)).toHaveLength(1);
});

test("plaintext storage does not change a person's own login, and the report says so", async () => {
  const home = makeHome();
  const host = await startLocalRegistry(PASSWORD);
  const text = JSON.stringify({ auths: { [host]: { auth: "cGVyc29uOm93bg==", identitytoken: "tok" } } });
  home.writeConfig(text);
  const { registries } = await logIn(home.context(secrets("A", host, "bob", PASSWORD)), { storage: "plaintext" });
  expect(registries[0]?.hint).toContain(`docker logout ${host}`);
  await logIn(home.context(secrets("A", "localhost:1", "bob", PASSWORD)), { storage: "plaintext", verify: "false" });
  expect(home.readConfig()?.auths?.[host]).toEqual({ auth: "cGVyc29uOm93bg==", identitytoken: "tok" });
});

test("a rejected login is no longer served, even if config.json cannot be edited", async () => {
  const home = makeHome();
  const host = await startLocalRegistry(PASSWORD);
  await logIn(home.context(secrets("A", host, "bob", "old-password")), { verify: "false" });
  writeFileSync(home.config, "{ broken");
  const { stdout } = await login(home.context(secrets("A", host, "bob", "wrong")), {
    options: {},
    json: false,
    onlyChanged: false,
  });
  expect(stdout).toMatch(/rejected/);
  expect(stdout).toContain("is not JSON; it was not changed");
  const answer = await credentialHelper(home.context(), ["get"], async () => host);
  expect(answer.exitCode).toBe(1);
  expect(answer.stdout).not.toContain("old-password");
});

test("a broken config.json fails saved logins, and the run with strict", async () => {
  const home = makeHome();
  await logIn(home.context(secrets("A", await startLocalRegistry(PASSWORD), "bob", PASSWORD)));
  writeFileSync(home.config, "{ broken");
  expect(await logIn(home.context(), { strict: "true" })).toMatchObject({
    registries: [{ outcome: "failed" }],
    exitCode: 1,
  });
});

test("docker's tokens of a browser login are stored and returned exactly", async () => {
  const home = makeHome();
  const key = (kind: string): string => `https://index.docker.io/v1/${kind}-token`;
  const helper = (verb: string, input: string) => credentialHelper(home.context(), [verb], async () => input);
  for (const kind of ["access", "refresh"]) {
    const stored = await helper(
      "store",
      JSON.stringify({ ServerURL: key(kind), Username: "bob", Secret: `${kind}-secret` }),
    );
    expect(stored).toMatchObject({ stdout: "", exitCode: 0 });
  }
  expect(JSON.parse((await helper("get", key("refresh"))).stdout)).toMatchObject({ Secret: "refresh-secret" });
  expect((await helper("get", "docker.io")).stdout).toBe("credentials not found in native keychain\n");
  await logIn(home.context(secrets("A", "localhost:1", "bob", PASSWORD)), { verify: "false" });
  await helper("erase", key("access"));
  expect((await helper("get", key("access"))).exitCode).toBe(1);
  expect(JSON.parse((await helper("get", key("refresh"))).stdout)).toMatchObject({ Secret: "refresh-secret" });
});

test("a config.json that is not UTF-8 is not changed", async () => {
  const home = makeHome();
  home.writeConfig("{}");
  const bytes = Buffer.from([0x7b, 0x22, 0xfc, 0x22, 0x3a, 0x31, 0x7d]);
  writeFileSync(home.config, bytes);
  const { registries } = await logIn(home.context(secrets("A", await startLocalRegistry(PASSWORD), "bob", PASSWORD)));
  expect(registries[0]).toMatchObject({ outcome: "failed", detail: expect.stringContaining("UTF-8") });
  expect(readFileSync(home.config)).toEqual(bytes);
  expect(readdirSync(dirname(home.config))).toEqual(["config.json"]);
});
