import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { authOf } from "../../../../support/encoding.ts";
import { startLocalRegistry } from "../../../../support/local-registry.ts";
import { logIn, makeStoreHost, type StoreHost, withStore } from "../../../../support/stores/scripted-store.ts";
import { secrets } from "../../../../support/temp-home.ts";

const PASSWORD = "planted-password";
const HERS = "her-own-password";

async function loggedIn(host: StoreHost): Promise<unknown[]> {
  return JSON.parse((await host.run(["status", "--json"])).stdout).logins;
}

const AS_STORE = "docker's store";
const AS_FILE = "docker's file";

/** A machine that is logged in, and on which alice then logs in by hand, as `docker login` does it. */
async function withLoginByHand(where: typeof AS_STORE | typeof AS_FILE, rewrites = true) {
  const config = where === AS_STORE ? { credsStore: "scripted" } : { auths: { "other.example.com": { auth: "eDp5" } } };
  const host = withStore(JSON.stringify(config));
  const before = host.snapshot();
  const registry = await startLocalRegistry(PASSWORD);
  const env = secrets("A", registry, "bob", PASSWORD);
  expect(await logIn(host, env)).toMatchObject({ outcome: "verified", code: null });
  if (where === AS_STORE) host.put(registry, "alice", HERS);
  const entry = where === AS_STORE ? {} : { auth: authOf("alice", HERS) };
  const auths = { ...host.home.readConfig()?.auths, [registry]: entry };
  if (rewrites) host.home.writeConfig(JSON.stringify({ ...config, auths }, null, "\t"));
  const hers = { username: "alice", secret: HERS };
  return { host, registry, env, before, hers };
}

describe.each([AS_STORE, AS_FILE] as const)("a docker login as somebody else, in %s", (where) => {
  const code = where === AS_STORE ? "login-by-hand" : "docker-other-login";

  test("stays and is reported, and logout leaves it", async () => {
    const { host, registry, env, hers } = await withLoginByHand(where);
    for (const flags of [["--if-changed"], [], ["--if-changed"]]) {
      expect(await logIn(host, env, ...flags)).toMatchObject({ outcome: "unchanged", code });
      expect(await host.dockerLogin(registry)).toEqual(hers);
    }
    expect(await loggedIn(host)).toEqual([]);
    const config = host.home.readConfig();
    await host.run(["logout", "--all"]);
    expect(host.home.readConfig()).toEqual(config);
    expect(await host.dockerLogin(registry)).toEqual(hers);
  });

  test("stays when we log out before the next run", async () => {
    const { host, registry, hers } = await withLoginByHand(where);
    const config = host.home.readConfig();
    await host.run(["logout", "--all"]);
    expect(host.home.readConfig()).toEqual(config);
    expect(await host.dockerLogin(registry)).toEqual(hers);
  });

  test("is replaced with --replace", async () => {
    const { host, registry, env } = await withLoginByHand(where);
    expect(await logIn(host, env, "--replace")).toMatchObject({ outcome: "verified", code: null });
    expect(await host.dockerLogin(registry)).toEqual({ username: "bob", secret: PASSWORD });
    expect(await logIn(host, env, "--if-changed")).toMatchObject({ outcome: "unchanged", code: null });
    await host.run(["logout", "--all"]);
    expect(await host.dockerLogin(registry)).toBeNull();
  });

  test("is not replaced by a new password", async () => {
    // docker does not write its file where it lists the host already.
    const { host, registry, hers } = await withLoginByHand(where, where === AS_FILE);
    const other = await startLocalRegistry("new-password");
    expect(other).not.toBe(registry);
    const env = { ...secrets("A", registry, "bob", "new-password") };
    const outcome = await logIn(host, env, "--no-verify", "--if-changed");
    expect(outcome).toMatchObject({ outcome: "unchanged", code });
    expect(await host.dockerLogin(registry)).toEqual(hers);
  });

  test("is found by the run of its own repository, although a run of another one came first", async () => {
    const { host, registry, env, hers } = await withLoginByHand(where);
    const other = await startLocalRegistry(PASSWORD);
    await logIn(host, secrets("B", other, "bob", PASSWORD), "--if-changed");
    expect(await logIn(host, env, "--if-changed")).toMatchObject({ outcome: "unchanged", code });
    expect(await host.dockerLogin(registry)).toEqual(hers);
  });
});

test("an unknown host, for which the store answers with empty fields, is not a login by hand", async () => {
  const host = withStore();
  const registry = await startLocalRegistry(PASSWORD);
  const env = { ...secrets("A", registry, "bob", PASSWORD), STORE_MODE: "empty" };
  expect(await logIn(host, env)).toMatchObject({ outcome: "verified", code: null });
});

describe("an entry of credHelpers for the host", () => {
  test.each([
    { name: "a helper that only reads", mode: "notimpl", outcome: "unchanged", code: "docker-other-helper" },
    { name: "a helper without a login", isEmpty: true, outcome: "failed", code: "other-helper-empty" },
    { name: "a helper with empty fields", isEmpty: true, mode: "empty", outcome: "failed", code: "other-helper-empty" },
    { name: "a helper that fails", mode: "garbage", outcome: "failed", code: "store-garbage" },
    { name: "a locked helper", mode: "locked", outcome: "failed", code: "keychain-locked" },
    { name: "a helper off the PATH", helper: "gcloud", outcome: "failed", code: "other-helper-off-path" },
  ])("$name is kept, also with --replace", async (row) => {
    const { helper = "scripted", mode = "", isEmpty = false, outcome, code } = row;
    const host = makeStoreHost();
    const registry = await startLocalRegistry(PASSWORD);
    if (!isEmpty) host.put(registry, "eve", "hers");
    host.home.writeConfig(JSON.stringify({ credHelpers: { [registry]: helper }, credsStore: "scripted" }));
    const before = host.snapshot();
    const env = { ...secrets("A", registry, "bob", PASSWORD), STORE_MODE: mode };
    for (const flags of [[], ["--replace"], ["--if-changed"]]) {
      const report = await logIn(host, env, ...flags);
      expect(report).toMatchObject({ outcome, code });
      if (code === "other-helper-off-path") expect(report.detail).toContain(host.programs);
    }
    await host.run(["logout", "--all"]);
    expect(host.snapshot()).toEqual(before);
    expect(host.calls().filter((line) => line !== `get ${registry}`)).toEqual([]);
  });

  test("a login of ours is removed once somebody configures a helper for its host", async () => {
    const host = withStore();
    const registry = await startLocalRegistry(PASSWORD);
    const env = secrets("A", registry, "bob", PASSWORD);
    await logIn(host, env);
    host.install("other");
    const config = { ...host.home.readConfig(), credHelpers: { [registry]: "other" } };
    host.home.writeConfig(JSON.stringify(config));
    expect(await logIn(host, env, "--if-changed")).toMatchObject({ code: "docker-other-helper" });
    expect(host.entries()).toEqual({});
  });
});

test("an entry of our helper whose program was uninstalled gives way to the store", async () => {
  const host = makeStoreHost();
  const registry = await startLocalRegistry(PASSWORD);
  host.home.writeConfig(JSON.stringify({ credHelpers: { [registry]: "registry-login" }, credsStore: "scripted" }));
  const env = secrets("A", registry, "bob", PASSWORD);
  expect(await logIn(host, env)).toMatchObject({ outcome: "verified", code: null });
  expect(await host.dockerLogin(registry)).toEqual({ username: "bob", secret: PASSWORD });
  expect(host.home.readConfig()).toEqual({ auths: { [registry]: {} }, credsStore: "scripted" });
});

test("the default store of docker is written down, and removed with the last login", async () => {
  const host = makeStoreHost("pass");
  writeFileSync(join(host.programs, "pass"), "#!/bin/sh\n", { mode: 0o755 });
  const before = host.snapshot();
  const registry = await startLocalRegistry(PASSWORD);
  expect(await logIn(host, secrets("A", registry, "bob", PASSWORD))).toMatchObject({ outcome: "verified", code: null });
  expect(host.home.readConfig()).toEqual({ auths: { [registry]: {} }, credsStore: "pass" });
  expect(host.entries()).toMatchObject({ [registry]: { Username: "bob" } });
  await host.run(["logout", "--all"]);
  expect(host.snapshot()).toEqual(before);
  expect(existsSync(host.home.config)).toBe(false);
});
