import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { HELPER_FOLDER } from "../../../../support/clients.ts";
import { logIn, STORE_CONFIG, withStore } from "../../../../support/stores/scripted-store.ts";
import { secrets, tempFolder } from "../../../../support/temp-home.ts";

const HOST = "registry.example.com";
const [OLD, NEW, HERS] = ["planted-password", "new-password", "her-own-password"];
const ENV = secrets("A", HOST, "bob", OLD);

describe("a logout says what it removed from a store", () => {
  const result = (stdout: string): string => stdout.replace(/\s+/g, " ");

  test("our own login", async () => {
    const host = withStore();
    await logIn(host, ENV, "--no-verify");
    const { stdout } = await host.run(["logout", HOST]);
    expect(result(stdout)).toContain("the login in docker-credential-scripted");
  });

  test.each([
    ["a person's login, which stays", (host: ReturnType<typeof withStore>) => host.put(HOST, "alice", HERS)],
    ["a login that is not there any more", (host: ReturnType<typeof withStore>) => host.erase(HOST)],
  ])("not %s", async (_, change) => {
    const host = withStore();
    await logIn(host, ENV, "--no-verify");
    change(host);
    const entries = host.entries();
    const { stdout } = await host.run(["logout", HOST]);
    expect(result(stdout)).toContain(`+ ${HOST} removed `);
    expect(stdout).not.toContain("docker-credential-scripted");
    expect(host.entries()).toEqual(entries);
  });
});

describe("a login in the store, where our own helper is on the PATH", () => {
  const situation = () => {
    const host = withStore();
    const env = { ...ENV, PATH: `${HELPER_FOLDER}:${host.env.PATH}` };
    return { host, env };
  };

  test.each([
    ["somebody else's", "alice", HERS, "login-by-hand"],
    ["the same one", "bob", OLD, null],
  ])("%s stays, and nothing of ours comes before it", async (_, user, secret, code) => {
    const { host, env } = situation();
    host.put(HOST, user, secret);
    const before = host.snapshot();
    for (const flags of [[], ["--if-changed"]]) {
      const report = await logIn(host, env, "--no-verify", "--storage", "disk", ...flags);
      expect(report).toMatchObject({ outcome: "unchanged", code });
    }
    expect(host.home.readConfig()).toEqual(JSON.parse(STORE_CONFIG));
    expect(await host.dockerLogin(HOST, env)).toEqual({ username: user, secret });
    await host.run(["logout", "--all"], env);
    expect(host.snapshot()).toEqual(before);
  });

  test("is replaced with --replace, and no store is queried about our own entry", async () => {
    const { host, env } = situation();
    host.put(HOST, "alice", HERS);
    const flags = ["--no-verify", "--storage", "disk"];
    expect(await logIn(host, env, ...flags, "--replace")).toMatchObject({ outcome: "unreachable" });
    expect(host.home.readConfig()?.credHelpers).toEqual({ [HOST]: "registry-login" });
    host.calls();
    expect(await logIn(host, env, ...flags, "--if-changed")).not.toMatchObject({ code: "login-by-hand" });
    expect(host.calls()).toEqual([]);
    // The store still has it, for the time after a logout.
    await host.run(["logout", "--all"], env);
    expect(await host.dockerLogin(HOST, env)).toEqual({ username: "alice", secret: HERS });
  });

  test("nothing in the store: the login goes to our helper", async () => {
    const { host, env } = situation();
    expect(await logIn(host, env, "--no-verify", "--storage", "disk")).toMatchObject({ outcome: "unreachable" });
    expect(host.home.readConfig()?.credHelpers).toEqual({ [HOST]: "registry-login" });
  });
});

test("an old password that a person stores again right after it was replaced is the person's login", async () => {
  const host = withStore();
  await logIn(host, ENV, "--no-verify");
  const env = secrets("A", HOST, "bob", NEW);
  await logIn(host, env, "--no-verify");
  host.put(HOST, "bob", OLD);
  host.home.writeConfig(JSON.stringify({ ...host.home.readConfig(), psFormat: "x" }));
  expect(await logIn(host, env, "--no-verify", "--if-changed")).toMatchObject({ code: "login-by-hand" });
  expect(await host.dockerLogin(HOST)).toEqual({ username: "bob", secret: OLD });
  await host.run(["logout", "--all"]);
  expect(await host.dockerLogin(HOST)).toEqual({ username: "bob", secret: OLD });
});

test("a store's program gets no token, and nothing of a file that the command line names", async () => {
  const host = withStore();
  const [program, inner] = ["scripted", "inner"].map((name) => join(host.programs, `docker-credential-${name}`));
  const seen = join(tempFolder(), "environment");
  renameSync(program ?? "", inner ?? "");
  const script = `#!/bin/sh\n/usr/bin/env >>'${seen}'\nexec '${inner}' "$@"\n`;
  writeFileSync(program ?? "", script, { mode: 0o755 });
  const file = join(tempFolder(), ".env");
  const variables = Object.entries({ ...ENV, OTHER_SECRET: HERS }).map(([name, value]) => `${name}=${value}`);
  writeFileSync(file, variables.join("\n"), { mode: 0o600 });
  const env = { GITHUB_TOKEN: "ghp_planted", CI_JOB_TOKEN: "job-planted", LANG: "C" };
  for (const args of [
    ["login", "--no-verify", "--env-file", file],
    ["doctor", HOST, "--env-file", file],
    ["logout", "--all"],
  ]) {
    await host.run(args, env);
    const text = readFileSync(seen, "utf8");
    expect(text).toContain("LANG=C");
    expect(text).not.toMatch(new RegExp(`${OLD}|${HERS}|planted|OTHER_SECRET|CONTAINER_REGISTRY`));
    rmSync(seen);
  }
});
