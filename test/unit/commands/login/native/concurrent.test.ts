import { existsSync, mkdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { startEmbeddedRegistry } from "../../../../support/embedded-registry.ts";
import { authOf } from "../../../../support/encoding.ts";
import { logIn, makeStoreHost, withStore } from "../../../../support/stores/scripted-store.ts";
import { secrets } from "../../../../support/temp-home.ts";

const SLOW = { STORE_MODE: "slow" };
const ACCOUNTS = new Map([
  ["bob", "planted-password"],
  ["alice", "her-own-password"],
]);

async function startRegistry(): Promise<string> {
  const registry = await startEmbeddedRegistry({ auth: "basic", accounts: ACCOUNTS });
  onTestFinished(registry.close);
  return registry.host;
}

const loginOf = (user: string) => ({ username: user, secret: ACCOUNTS.get(user) ?? "" });
const envOf = (host: string, user: string) => secrets("A", host, user, ACCOUNTS.get(user) ?? "");

describe("two runs at once, of one user, with one store", () => {
  test("for two registries: both are logged in", async () => {
    const host = withStore();
    const [one, other] = [await startRegistry(), await startRegistry()];
    await Promise.all([
      logIn(host, { ...envOf(one, "bob"), ...SLOW }),
      logIn(host, { ...envOf(other, "alice"), ...SLOW }),
    ]);
    expect(await host.dockerLogin(one)).toEqual(loginOf("bob"));
    expect(await host.dockerLogin(other)).toEqual(loginOf("alice"));
  });

  test("for one registry with two users: the last one is logged in, and no run blames the store", async () => {
    const host = withStore();
    const registry = await startRegistry();
    const reports = await Promise.all(
      ["bob", "alice"].map((user) => logIn(host, { ...envOf(registry, user), ...SLOW })),
    );
    expect(reports).toMatchObject([{ outcome: "verified" }, { outcome: "verified" }]);
    const found = await host.dockerLogin(registry);
    expect([loginOf("bob"), loginOf("alice")]).toContainEqual(found);
  });

  test("a logout of everything during a login leaves a login that docker finds, or none at all", async () => {
    const host = withStore();
    const before = host.snapshot();
    const registry = await startRegistry();
    await logIn(host, envOf(await startRegistry(), "alice"));
    await Promise.all([logIn(host, { ...envOf(registry, "bob"), ...SLOW }), host.run(["logout", "--all"], SLOW)]);
    const entry = host.entries()[registry];
    expect(await host.dockerLogin(registry)).toEqual(entry === undefined ? null : loginOf("bob"));
    await host.run(["logout", "--all"]);
    expect(host.snapshot()).toEqual(before);
  });
});

describe("a run by hand asks the store, whatever docker's configuration says", () => {
  test("a store that was locked since: the login goes where docker looks then", async () => {
    const host = withStore();
    const registry = await startRegistry();
    await logIn(host, envOf(registry, "bob"));
    const locked = { STORE_MODE: "locked" };
    expect(await logIn(host, { ...envOf(registry, "bob"), ...locked })).toMatchObject({ code: "keychain-locked" });
    expect(await host.dockerLogin(registry, locked)).toEqual(loginOf("bob"));
  });

  test("a login that was made by hand since, which docker's configuration does not show", async () => {
    const host = withStore();
    const registry = await startRegistry();
    await logIn(host, envOf(registry, "bob"));
    host.put(registry, "alice", "her-own-password");
    expect(await logIn(host, envOf(registry, "bob"))).toMatchObject({ code: "login-by-hand" });
    expect(await host.dockerLogin(registry)).toEqual(loginOf("alice"));
  });
});

describe("the same login, made by hand before", () => {
  test.each([
    ["in the store", { credsStore: "scripted" }],
    ["in docker's file", { auths: { "other.example.com": { auth: "eDp5" } } }],
  ])("%s: stays after a logout, even if it is to be replaced", async (_, config: Record<string, unknown>) => {
    const host = makeStoreHost();
    const registry = await startRegistry();
    const inFile = config.credsStore === undefined;
    const entry = inFile ? { auth: authOf("bob", "planted-password") } : {};
    const auths = { ...(config.auths as object | undefined), [registry]: entry };
    host.home.writeConfig(JSON.stringify({ ...config, auths }));
    if (!inFile) host.put(registry, "bob", "planted-password");
    const before = host.snapshot();
    expect(await logIn(host, envOf(registry, "bob"), "--replace")).toMatchObject({ outcome: "unchanged", code: null });
    await host.run(["logout", "--all"]);
    expect(host.snapshot()).toEqual(before);
  });
});

test("a login by hand under the second key of Docker Hub stays", async () => {
  const host = withStore();
  host.put("docker.io", "alice", "her-own-password");
  const before = host.snapshot();
  const env = secrets("HUB", "docker.io", "bob", "planted-password");
  expect(await logIn(host, env, "--no-verify")).toMatchObject({ outcome: "unchanged", code: "login-by-hand" });
  await host.run(["logout", "--all"]);
  expect(host.snapshot()).toEqual(before);
});

test("a job's secret does not stay when it has replaced a person's", async () => {
  const host = withStore();
  const registry = await startRegistry();
  await logIn(host, envOf(registry, "alice"));
  await logIn(host, envOf(registry, "bob"), "--lease", "job");
  await host.run(["logout", "--lease", "job"]);
  expect(JSON.stringify(host.snapshot())).not.toContain("planted-password");
});

test("a run that was killed before it stored anything leaves nothing after a logout", async () => {
  const host = withStore();
  const state = join(host.home.folder, ".local", "state");
  mkdirSync(state, { recursive: true, mode: 0o700 });
  const before = host.snapshot();
  const folder = join(state, "registry-login");
  mkdirSync(folder, { mode: 0o700 });
  const lock = join(folder, "stores.lock");
  writeFileSync(lock, "");
  utimesSync(lock, 0, 0);
  await host.run(["logout", "--all"]);
  expect(host.snapshot()).toEqual(before);
  expect(existsSync(folder)).toBe(false);
});
