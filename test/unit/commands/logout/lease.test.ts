import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { credentialHelper } from "../../../../src/commands/credential-helper/credential-helper.ts";
import { login } from "../../../../src/commands/login/login.ts";
import { logout } from "../../../../src/commands/logout/logout.ts";
import type { RawOptions } from "../../../../src/discovery/options.ts";
import { authOf } from "../../../support/encoding.ts";
import { getFor } from "../../../support/helper.ts";
import { startLocalRegistry } from "../../../support/local-registry.ts";
import { filesBelow, logIn, makeHome, secrets, type TempHome } from "../../../support/temp-home.ts";

const PASSWORD = "planted-password";
const HOUR = 3600 * 1000;
const QUAY = secrets("A", "quay.io", "bob", PASSWORD);
const BEFORE = '{"auths": {"c.example": {"auth": "eDp5"}}, "psFormat": "x"}\n';

type Env = Record<string, string>;

/** A run of a CI system on the home folder of a runner, a number of hours after the test's start. */
function makeJob(home: TempHome, lease: string | null, hours = 0) {
  const context = (env: Env) => ({ ...home.context(env), now: () => Date.now() + hours * HOUR });
  return {
    start: (env: Env = QUAY, options: RawOptions = {}) =>
      login(context(env), {
        options: { verify: "false", storage: "plaintext", ...options },
        json: false,
        onlyChanged: false,
        lease,
      }),
    end: () => logout(context({}), { hosts: [], all: false, json: false, lease }),
  };
}

/** Every file of the home folder, with its text. */
function everything(home: TempHome): Record<string, string> {
  return Object.fromEntries(filesBelow(home.folder).map((file) => [file, readFileSync(file, "utf8")]));
}

const passwordFor = (home: TempHome, host: string): unknown => home.readConfig()?.auths?.[host];

describe("two jobs of one user log in to one host:", () => {
  test.each([
    ["with a config file of others", BEFORE],
    ["without any config file", null],
  ])("the login stays until the last of them ends, and leaves nothing behind, %s", async (_, config) => {
    const home = makeHome();
    if (config !== null) home.writeConfig(config);
    const before = everything(home);
    const [a, b] = [makeJob(home, "a"), makeJob(home, "b")];
    await a.start();
    await b.start();
    const first = await a.end();
    expect(first).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining("quay.io  still logged in for another job"),
    });
    expect(passwordFor(home, "quay.io")).toEqual({ auth: authOf("bob", PASSWORD) });
    const last = await b.end();
    expect(last.stdout).toMatch(/^registry-login: logged out of 1 registry\n/);
    expect(everything(home)).toEqual(before);
    expect(existsSync(join(home.folder, ".local"))).toBe(false);
  });

  test("and the job that ended first may end again", async () => {
    const home = makeHome();
    const [a, b] = [makeJob(home, "a"), makeJob(home, "b")];
    await a.start();
    await b.start();
    await a.end();
    await a.end();
    expect(passwordFor(home, "quay.io")).toBeDefined();
  });

  test("also where the login of the second one is rejected, and the saved one stays in use", async () => {
    const home = makeHome();
    const host = await startLocalRegistry(PASSWORD);
    const [a, b] = [makeJob(home, "a"), makeJob(home, "b")];
    const verify = { verify: "true" };
    await a.start(secrets("A", host, "bob", PASSWORD), verify);
    const { stdout } = await b.start(secrets("A", host, "bob", "wrong-password"), verify);
    expect(stdout).toContain("unchanged");
    await a.end();
    expect(passwordFor(home, host)).toBeDefined();
    await b.end();
    expect(everything(home)).toEqual({});
  });
});

test("a job removes the hosts that it alone logged in to", async () => {
  const home = makeHome();
  const [a, b] = [makeJob(home, "a"), makeJob(home, "b")];
  await a.start({ ...QUAY, ...secrets("B", "b.example", "bob", PASSWORD) });
  await b.start();
  await a.end();
  expect(Object.keys(home.readConfig()?.auths ?? {})).toEqual(["quay.io"]);
});

test("a job does not remove another one's login with a GitHub token, also where it does not use such tokens", async () => {
  const home = makeHome();
  const [a, b] = [makeJob(home, "a"), makeJob(home, "b")];
  await a.start({ GITHUB_TOKEN: "ghs_1234567890" }, { githubToken: "always", storage: "disk" });
  await b.start(QUAY, { githubToken: "never" });
  expect(home.readConfig()?.credHelpers).toEqual({ "ghcr.io": "registry-login" });
  await a.end();
  expect(home.readConfig()?.credHelpers).toBeUndefined();
});

test("a failed login is forgotten with its job", async () => {
  const home = makeHome();
  const host = await startLocalRegistry(PASSWORD);
  const a = makeJob(home, "a");
  await a.start(secrets("A", host, "bob", "wrong-password"), { verify: "true", storage: "disk" });
  expect(everything(home)).not.toEqual({});
  await a.end();
  expect(everything(home)).toEqual({});
});

describe("a login that a person made stays,", () => {
  test("after a job that used it", async () => {
    const home = makeHome();
    await logIn(home.context(QUAY), { verify: "false", storage: "plaintext" });
    const before = everything(home);
    const a = makeJob(home, "a");
    await a.start();
    const { stdout } = await a.end();
    expect(stdout).not.toContain("quay.io");
    expect(everything(home)).toEqual(before);
  });

  test("where it was made during a job", async () => {
    const home = makeHome();
    const a = makeJob(home, "a");
    await a.start();
    await logIn(home.context(QUAY), { verify: "false", storage: "plaintext" });
    await a.end();
    expect(passwordFor(home, "quay.io")).toBeDefined();
  });

  test("where it was made with docker login, through the helper that the job's login uses", async () => {
    const home = makeHome();
    const a = makeJob(home, "a");
    await a.start(QUAY, { storage: "disk" });
    const own = JSON.stringify({ ServerURL: "quay.io", Username: "eve", Secret: "secret-of-eve" });
    await credentialHelper(home.context(), ["store"], async () => own);
    await a.end();
    expect(await getFor(home.context(), "quay.io")).toMatchObject({ user: "eve", secret: "secret-of-eve" });
    expect(home.readConfig()?.credHelpers).toEqual({ "quay.io": "registry-login" });
  });
});

describe("what a killed job left", () => {
  test("is replaced by the next job with a new password, and removed a day later", async () => {
    const home = makeHome();
    home.writeConfig(BEFORE);
    await makeJob(home, "killed").start();
    const next = makeJob(home, "next", 1);
    await next.start(secrets("A", "quay.io", "bob", "new-password"));
    expect(passwordFor(home, "quay.io")).toEqual({ auth: authOf("bob", "new-password") });
    // It may still be running.
    await next.end();
    expect(passwordFor(home, "quay.io")).toBeDefined();
    const later = makeJob(home, "later", 25);
    await later.start(secrets("A", "quay.io", "bob", "new-password"));
    await later.end();
    expect(readFileSync(home.config, "utf8")).toBe(BEFORE);
  });

  test("is removed by a job for a different host, too", async () => {
    const home = makeHome();
    await makeJob(home, "killed").start();
    const later = makeJob(home, "later", 25);
    await later.start(secrets("B", "b.example", "bob", PASSWORD));
    await later.end();
    expect(everything(home)).toEqual({});
  });
});
