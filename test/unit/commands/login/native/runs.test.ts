import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { startEmbeddedRegistry } from "../../../../support/embedded-registry.ts";
import { authOf } from "../../../../support/encoding.ts";
import { startLocalRegistry } from "../../../../support/local-registry.ts";
import { logIn, makeStoreHost, STORE_CONFIG, withStore } from "../../../../support/stores/scripted-store.ts";
import { secrets } from "../../../../support/temp-home.ts";

const PASSWORD = "planted-password";

test("an unchanged run with ten registries asks neither the store nor a registry", async () => {
  const host = withStore();
  const registry = await startEmbeddedRegistry({ auth: "basic", user: "bob", password: PASSWORD });
  onTestFinished(registry.close);
  const port = registry.host.split(":")[1];
  const sets = Array.from({ length: 10 }, (_, i) => secrets(`R${i}`, `127.0.0.${i + 1}:${port}`, "bob", PASSWORD));
  const env = Object.assign({}, ...sets, { STORE_MODE: "slow" });
  // The embedded registry listens on one address only.
  await host.run(["login", "--no-verify"], env);
  host.calls();
  const requests = registry.requests.length;
  const { stdout } = await host.run(["login", "--if-changed", "--no-verify"], env);
  expect(stdout).toBe("registry-login: 10 of 10 registries ready (unchanged)\n");
  expect(host.calls()).toEqual([]);
  expect(registry.requests).toHaveLength(requests);
});

test("an unchanged run sends no password, wherever the login is", async () => {
  for (const mode of ["", "locked"]) {
    const host = withStore();
    const registry = await startEmbeddedRegistry({ auth: "basic", user: "bob", password: PASSWORD });
    onTestFinished(registry.close);
    const env = { ...secrets("A", registry.host, "bob", PASSWORD), STORE_MODE: mode };
    await logIn(host, env);
    const requests = registry.requests.length;
    const code = mode === "" ? null : "keychain-locked";
    expect(await logIn(host, env, "--if-changed")).toMatchObject({ outcome: "unchanged", code });
    expect(registry.requests).toHaveLength(requests);
  }
});

test("Docker Desktop replaces the file: the next run repairs it, in the store that it names", async () => {
  const host = withStore();
  const registry = await startLocalRegistry(PASSWORD);
  const env = secrets("A", registry, "bob", PASSWORD);
  await logIn(host, env);
  // The same store, and its placeholder gone.
  host.home.writeConfig(STORE_CONFIG);
  await logIn(host, env, "--if-changed");
  expect(host.home.readConfig()).toEqual({ auths: { [registry]: {} }, credsStore: "scripted" });
  // A different program for the same store, as Docker Desktop has them.
  host.install("desktop.exe");
  host.home.writeConfig('{"credsStore":"desktop.exe"}');
  expect(await logIn(host, env, "--if-changed")).toMatchObject({ outcome: "verified", code: null });
  expect(host.home.readConfig()).toEqual({ auths: { [registry]: {} }, credsStore: "desktop.exe" });
  expect(await host.dockerLogin(registry)).toEqual({ username: "bob", secret: PASSWORD });
});

test("an entry that somebody erased from the store is put back when the file changes", async () => {
  const host = withStore();
  const registry = await startLocalRegistry(PASSWORD);
  const env = secrets("A", registry, "bob", PASSWORD);
  await logIn(host, env);
  host.erase(registry);
  host.home.writeConfig(JSON.stringify({ ...host.home.readConfig(), psFormat: "x" }));
  await logIn(host, env, "--if-changed");
  expect(await host.dockerLogin(registry)).toEqual({ username: "bob", secret: PASSWORD });
});

test.each(["", "locked"])("a new secret replaces ours, with the store %j", async (mode) => {
  const host = withStore();
  const accounts = new Map([["bob", PASSWORD]]);
  const registry = await startEmbeddedRegistry({ auth: "basic", accounts });
  onTestFinished(registry.close);
  await logIn(host, { ...secrets("A", registry.host, "bob", PASSWORD), STORE_MODE: mode });
  accounts.set("bob", "new-password");
  const env = { ...secrets("A", registry.host, "bob", "new-password"), STORE_MODE: mode };
  expect(await logIn(host, env, "--if-changed")).toMatchObject({ outcome: "verified" });
  const asDocker = await host.dockerLogin(registry.host, { STORE_MODE: mode });
  expect(asDocker).toEqual({ username: "bob", secret: "new-password" });
  expect(Object.values(host.snapshot()).join("\n")).not.toContain(authOf("bob", PASSWORD));
});

test.each([
  ["the store that the file names", STORE_CONFIG, "scripted"],
  ["docker's default store", null, "pass"],
])("a login moves from the file into %s when that works again", async (_, config, store) => {
  const host = makeStoreHost(store);
  writeFileSync(join(host.programs, "pass"), "#!/bin/sh\n", { mode: 0o755 });
  if (config !== null) host.home.writeConfig(config);
  const before = host.snapshot();
  const registry = await startLocalRegistry(PASSWORD);
  const env = secrets("A", registry, "bob", PASSWORD);
  const locked = { ...env, STORE_MODE: "nokey" };
  expect(await logIn(host, locked)).toMatchObject({ outcome: "verified", code: "pass-locked" });
  expect(host.home.readConfig()?.auths).toEqual({ [registry]: { auth: authOf("bob", PASSWORD) } });
  expect(await logIn(host, locked, "--if-changed")).toMatchObject({ outcome: "unchanged", code: "pass-locked" });
  expect(await logIn(host, env, "--if-changed")).toMatchObject({ outcome: "verified", code: null });
  expect(host.home.readConfig()).toEqual({ auths: { [registry]: {} }, credsStore: store });
  const written = Object.entries(host.snapshot()).filter(([file]) => file.startsWith(host.home.folder));
  expect(JSON.stringify(written)).not.toContain(authOf("bob", PASSWORD));
  expect(await logIn(host, env, "--if-changed")).toMatchObject({ outcome: "unchanged", code: null });
  await host.run(["logout", "--all"]);
  expect(host.snapshot()).toEqual(before);
});

test("a secret that is too long for the store leaves the one that it has", async () => {
  const host = withStore();
  const registry = await startLocalRegistry(PASSWORD);
  await logIn(host, secrets("A", registry, "bob", PASSWORD));
  const env = { ...secrets("A", registry, "bob", "x".repeat(3000)), STORE_MODE: "limit" };
  expect(await logIn(host, env, "--no-verify")).toMatchObject({ outcome: "failed", code: "store-limit" });
  expect(await host.dockerLogin(registry)).toEqual({ username: "bob", secret: PASSWORD });
});

describe("reports on a host", () => {
  test.each([
    ["", /stored by docker-credential-scripted/, 0],
    // docker uses the file only while the store fails.
    ["locked", /stored unencrypted in docker's config\.json/, 1],
  ])("status and logout, with the store %j", async (mode, place, queries) => {
    const host = withStore();
    const registry = await startLocalRegistry(PASSWORD);
    const env = { ...secrets("A", registry, "bob", PASSWORD), STORE_MODE: mode };
    const { stdout } = await host.run(["login"], env);
    expect(stdout).toMatch(place);
    host.calls();
    const status = await host.run(["status"], env);
    expect(status.stdout).toMatch(/^registry-login: 1 of 1 registries logged in\n/);
    expect(status.stdout).toMatch(place);
    expect(host.calls()).toHaveLength(queries);
    const out = (await host.run(["logout", registry], env)).stdout.replace(/\s+/g, " ");
    expect(out).toContain("still set: the next login uses them again");
    expect(out).not.toContain("start of the container");
  });
});
