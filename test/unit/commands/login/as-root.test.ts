import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { login } from "../../../../src/commands/login/login.ts";
import type { RawOptions } from "../../../../src/discovery/options.ts";
import { runAgent } from "../../../support/agent.ts";
import { leaks } from "../../../support/leaks.ts";
import { startLocalRegistry } from "../../../support/local-registry.ts";
import { logIn, makeHome, secrets, type TempHome, tempFolder } from "../../../support/temp-home.ts";

const PASSWORD = "right-password-1";

/** A PATH with a sudo that does this. */
function withSudo(home: TempHome, body: string): string {
  const folder = join(home.folder, "bin");
  mkdirSync(folder);
  writeFileSync(join(folder, "sudo"), `#!/bin/sh\n${body}\n`);
  chmodSync(join(folder, "sudo"), 0o755);
  return `${folder}:/usr/bin:/bin`;
}

async function report(
  home: TempHome,
  env: Record<string, string>,
  options: RawOptions = { root: "true" },
): Promise<string> {
  const context = { ...home.context(env), uid: 1000 };
  const { stdout, exitCode } = await login(context, { options, json: false, onlyChanged: false });
  expect(exitCode).toBe(0);
  return stdout;
}

test("without sudo the report says so, and the user's own login works", async () => {
  const home = makeHome();
  const text = await report(home, {
    ...secrets("A", await startLocalRegistry(PASSWORD), "bob", PASSWORD),
    PATH: home.folder,
  });
  expect(text).toMatch(/A +verified/);
  expect(text).toContain("root (sudo docker) is not logged in: sudo is not installed");
  const context = { ...home.context({ PATH: home.folder }), uid: 1000 };
  const { stdout } = await login(context, { options: { root: "true" }, json: true, onlyChanged: false });
  expect(JSON.parse(stdout).notes).toEqual([expect.stringContaining("sudo is not installed")]);
});

test("a sudo that asks for a password does not block", async () => {
  const home = makeHome();
  const PATH = withSudo(home, "echo 'sudo: a password is required' >&2; exit 1");
  const text = await report(home, { ...secrets("A", await startLocalRegistry(PASSWORD), "bob", PASSWORD), PATH });
  expect(text).toMatch(/A +verified/);
  expect(text).toContain("root (sudo docker) is not logged in: sudo requires a password");
});

test("a login for root that does not run is reported and does not fail the user's login", async () => {
  const home = makeHome();
  const PATH = withSudo(home, '[ "$2" = true ] || exit 127');
  const text = await report(home, { ...secrets("A", await startLocalRegistry(PASSWORD), "bob", PASSWORD), PATH });
  expect(text).toContain("root (sudo docker) has no login to any registry");
});

test("a sudo that hangs and cannot be killed is abandoned at the timeout", async () => {
  const home = makeHome();
  const PATH = withSudo(home, '[ "$2" = true ] && exit; trap "" TERM; exec sleep 30');
  const env = { ...secrets("A", await startLocalRegistry(PASSWORD), "bob", PASSWORD), PATH };
  const text = await report(home, env, { root: "true", timeout: "1" });
  expect(text).toMatch(/A +verified/);
  expect(text).toContain("root (sudo docker) has no login to any registry: the login as root did not finish");
});

test("the secrets reach root through a pipe, and none is an argument or a variable of sudo", async () => {
  const home = makeHome();
  const host = await startLocalRegistry(PASSWORD);
  const PATH = withSudo(
    home,
    `[ "$2" = true ] && exit; printf '%s\\n' "$@" >${home.folder}/argv; cat >${home.folder}/in`,
  );
  await report(home, { ...secrets("A", host, "bob", PASSWORD), PATH });
  const [argv, input] = ["argv", "in"].map((name) => readFileSync(join(home.folder, name), "utf8"));
  expect(leaks(argv ?? "", "bob", PASSWORD)).toEqual([]);
  expect(JSON.parse(input ?? "")).toMatchObject(secrets("A", host, "bob", PASSWORD));
});

test("sudo is not run without the option, as root, or without anything to log in to", async () => {
  const home = makeHome();
  const asked = join(home.folder, "asked");
  const PATH = withSudo(home, `touch ${asked}`);
  const set = { ...secrets("A", await startLocalRegistry(PASSWORD), "bob", PASSWORD), PATH };
  await report(home, { PATH });
  await report(home, set, { root: "false" });
  await logIn({ ...home.context(set), uid: 0 }, { root: "true" });
  expect(existsSync(asked)).toBe(false);
});

test("a login reads its environment from stdin and nothing from its own", async () => {
  const HOME = tempFolder();
  const host = await startLocalRegistry(PASSWORD);
  const own = { ...secrets("OWN", host, "bob", PASSWORD), HOME: tempFolder(), DOCKER_CONFIG: tempFolder() };
  const given = JSON.stringify({ ...secrets("A", host, "bob", PASSWORD), HOME });
  const args = ["login", "--environment-from-stdin", "--json", "--storage", "disk"];
  const { stdout } = await runAgent(args, own, given);
  expect(JSON.parse(stdout).registries).toMatchObject([{ identifier: "A", host, outcome: "verified" }]);
  expect(existsSync(join(HOME, ".docker/config.json"))).toBe(true);
});
