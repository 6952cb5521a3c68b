import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { rootProblem } from "../../../../src/commands/login/as-root.ts";
import { login } from "../../../../src/commands/login/login.ts";
import type { Outcome } from "../../../../src/commands/login/outcome.ts";
import { logout } from "../../../../src/commands/logout/logout.ts";
import { status } from "../../../../src/commands/status/status.ts";
import { discover } from "../../../../src/discovery/discover.ts";
import type { RawOptions } from "../../../../src/discovery/options.ts";
import { runAgent } from "../../../support/agent.ts";
import { HELPER_FOLDER } from "../../../support/clients.ts";
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
  return `${folder}:${HELPER_FOLDER}:/usr/bin:/bin`;
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
    PATH: HELPER_FOLDER,
  });
  expect(text).toMatch(/A +verified/);
  expect(text).toContain("root (sudo docker) is not logged in: sudo is not installed");
  const context = { ...home.context({ PATH: HELPER_FOLDER }), uid: 1000 };
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

test("a sudo that hangs before it starts anything, and cannot be killed, is abandoned at the timeout", async () => {
  const home = makeHome();
  const PATH = withSudo(home, 'trap "" TERM; exec sleep 30');
  const env = { ...secrets("A", await startLocalRegistry(PASSWORD), "bob", PASSWORD), PATH };
  const text = await report(home, env, { root: "true", timeout: "1" });
  expect(text).toMatch(/A +verified/);
  expect(text).toContain("root (sudo docker) is not logged in: sudo requires a password");
});

/** A sudo that reads the secrets, as the agent does, into the file `in`, and then does this. */
function withReadingSudo(home: TempHome, after: string): string {
  const read = `require("net").connect(require("fs").readFileSync(0, "utf8").trim()).pipe(require("fs").createWriteStream("${home.folder}/in"))`;
  return withSudo(
    home,
    `printf '%s\\n' "$@" >${home.folder}/argv; env >${home.folder}/env; cat >${home.folder}/stdin
"${process.execPath}" -e '${read}' <${home.folder}/stdin; ${after}`,
  );
}

test("a login for root that fails is reported and does not fail the user's login", async () => {
  const home = makeHome();
  const PATH = withReadingSudo(home, "exit 70");
  const text = await report(home, { ...secrets("A", await startLocalRegistry(PASSWORD), "bob", PASSWORD), PATH });
  expect(text).toContain("root (sudo docker) has no login to any registry: the login as root did not finish");
});

test("without sudo a logout removes the user's login, and says that root may still be logged in", async () => {
  const home = makeHome();
  const PATH = withReadingSudo(home, "exit 70");
  const host = await startLocalRegistry(PASSWORD);
  await report(home, { ...secrets("A", host, "bob", PASSWORD), PATH });
  const context = { ...home.context({ PATH: "/nonexistent" }), uid: 1000 };
  expect((await status(context, false)).stdout).toContain(
    "to see root's logins (sudo docker): sudo registry-login status",
  );
  const { stdout, exitCode } = await logout(context, { hosts: [host], all: false, json: true });
  expect(exitCode).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({
    hosts: [{ host, left: [] }],
    root: { failure: { code: "root-still-logged-in", hint: `run sudo registry-login logout ${host}` } },
    failure: null,
  });
  expect(home.readConfig()).toBeNull();
});

test("without a login as root, a logout does not run sudo", async () => {
  const home = makeHome();
  const asked = join(home.folder, "asked");
  const env = {
    ...secrets("A", await startLocalRegistry(PASSWORD), "bob", PASSWORD),
    PATH: withSudo(home, `touch ${asked}`),
  };
  await report(home, env, {});
  const context = { ...home.context(env), uid: 1000 };
  expect(await logout(context, { hosts: [], all: true, json: true })).toMatchObject({ exitCode: 0 });
  expect(existsSync(asked)).toBe(false);
});

test("a login for root that hangs and cannot be killed is abandoned at the timeout", async () => {
  const home = makeHome();
  const PATH = withReadingSudo(home, 'trap "" TERM; exec sleep 30');
  const env = { ...secrets("A", await startLocalRegistry(PASSWORD), "bob", PASSWORD), PATH };
  const text = await report(home, env, { root: "true", timeout: "3" });
  expect(text).toMatch(/A +verified/);
  expect(text).toContain("root (sudo docker) has no login to any registry: the login as root did not finish");
});

test("the secrets reach root through a socket, and none is an argument, a variable or the input of sudo", async () => {
  const home = makeHome();
  const host = await startLocalRegistry(PASSWORD);
  const PATH = withReadingSudo(home, "exit 0");
  await report(home, { ...secrets("A", host, "bob", PASSWORD), AWS_SECRET_ACCESS_KEY: PASSWORD, PATH });
  const seen = ["argv", "env", "stdin"].map((name) => readFileSync(join(home.folder, name), "utf8")).join("\n");
  expect(leaks(seen, "bob", PASSWORD)).toEqual([]);
  expect(seen).toMatch(/^\/\S+\/socket$/m);
  const given = JSON.parse(readFileSync(join(home.folder, "in"), "utf8"));
  expect(given).toMatchObject({ ...secrets("A", host, "bob", PASSWORD), AWS_SECRET_ACCESS_KEY: PASSWORD });
  expect(readdirSync(home.memory).filter((name) => name.includes("root"))).toEqual([]);
});

test("a login of root's that uses the user's AWS profile is reported with that cause", () => {
  const host = "123456789012.dkr.ecr.eu-west-1.amazonaws.com";
  const { requests } = discover({}, { registries: new Map([["ECR", host]]) });
  const outcome: Outcome = {
    identifier: "ECR",
    host,
    kind: "ecr",
    outcome: "verified",
    code: null,
    detail: "",
    hint: "",
    expiresAt: null,
  };
  const roots = (ended: string) => [{ host, outcome: ended, detail: "AWS has no credentials" }];
  expect(rootProblem(roots("failed"), [outcome], requests)?.message).toContain("root does not use the AWS profiles");
  expect(rootProblem(roots("verified"), [outcome], requests)).toBeNull();
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

test.each([
  ["a file", (folder: string) => join(folder, "file")],
  ["a folder", (folder: string) => folder],
  ["nothing", () => "/nonexistent"],
])("a login that is to take its environment from %s ends with an error, and without a login", async (_, pathIn) => {
  const folder = tempFolder();
  writeFileSync(join(folder, "file"), JSON.stringify(secrets("A", "registry.example.com", "bob", PASSWORD)));
  const own = { ...secrets("OWN", "registry.example.com", "bob", PASSWORD), HOME: folder };
  const { stdout, stderr, exitCode } = await runAgent(["login", "--environment-from-socket"], own, pathIn(folder));
  expect([stdout, exitCode, existsSync(join(folder, ".docker"))]).toEqual(["", 2, false]);
  expect(stderr).toContain("stdin names no socket of the user who ran sudo");
});
