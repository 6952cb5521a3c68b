import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { login } from "../../../../src/commands/login/login.ts";
import { startLocalRegistry } from "../../../support/local-registry.ts";
import { filesBelow, logIn, makeHome, secrets } from "../../../support/temp-home.ts";

const PASSWORD = "right-password";

test("a config.json that does not parse fails every login and is not changed", async () => {
  const home = makeHome();
  home.writeConfig('{"auths": {');
  const { registries } = await logIn(home.context(secrets("A", await startLocalRegistry(PASSWORD), "bob", PASSWORD)));
  expect(registries).toMatchObject([{ outcome: "failed", detail: expect.stringContaining(home.config) }]);
  expect(registries[0]?.hint).toContain("registry-login");
  expect(readFileSync(home.config, "utf8")).toBe('{"auths": {');
});

test.each(["memory", "disk"])("a home folder that cannot be written is reported, with storage %s", async (storage) => {
  const home = makeHome();
  writeFileSync(join(home.folder, ".local"), "a file where a folder should be");
  const { registries, exitCode } = await logIn(
    home.context(secrets("A", await startLocalRegistry(PASSWORD), "bob", PASSWORD)),
    {
      storage,
    },
  );
  expect(registries).toMatchObject([{ outcome: "failed", detail: expect.stringContaining(".local") }]);
  expect([exitCode, home.readConfig()]).toEqual([0, null]);
});

test("a host name that is too long for a file name does not stop other registries", async () => {
  const home = makeHome();
  const host = await startLocalRegistry(PASSWORD);
  const long = `${"a".repeat(60)}.`.repeat(4).concat("example");
  const env = { ...secrets("LONG", long, "bob", PASSWORD), ...secrets("A", host, "bob", PASSWORD) };
  const { registries } = await logIn(home.context(env), { timeout: "1" });
  expect(registries).toMatchObject([{ identifier: "A", outcome: "verified" }, { identifier: "LONG" }]);
  expect(home.readConfig()).toHaveProperty(["credHelpers", host], "registry-login");
});

test.each(["memory", "plaintext"])("another helper for a host is kept and named, with storage %s", async (storage) => {
  const home = makeHome();
  const host = await startLocalRegistry(PASSWORD);
  const text = `{"credHelpers":{"${host}":"pass"}}`;
  home.writeConfig(text);
  const { registries } = await logIn(home.context(secrets("A", host, "bob", PASSWORD)), { storage });
  expect(registries[0]?.hint).toContain("docker-credential-pass");
  expect(home.readConfig()).toMatchObject(JSON.parse(text));
});

test.each(["memory", "disk", "plaintext"])("credsStore is never touched, with storage %s", async (storage) => {
  const home = makeHome();
  home.writeConfig('{\n  "credsStore": "dev-containers-x"\n}\n');
  const host = await startLocalRegistry(PASSWORD);
  const flags = { options: { storage }, json: false, onlyChanged: false };
  const { stdout } = await login(home.context(secrets("A", host, "bob", PASSWORD)), flags);
  expect(home.readConfig()).toHaveProperty("credsStore", "dev-containers-x");
  // docker does not look at what plaintext storage writes as long as a credential store is named.
  expect(stdout.includes("dev-containers-x")).toBe(storage === "plaintext");
  expect(filesBelow(dirname(home.config))).toEqual([home.config]);
});
