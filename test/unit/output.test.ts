import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { credentialHelper } from "../../src/commands/credential-helper/credential-helper.ts";
import type { Result } from "../../src/context.ts";
import { maskResult } from "../../src/output.ts";
import { collectSecrets } from "../../src/secrecy/secrets.ts";
import { runAgent, runAgentInto } from "../support/agent.ts";
import { authOf } from "../support/encoding.ts";
import { leaks } from "../support/leaks.ts";
import { answer, startServer } from "../support/misbehaving-server.ts";
import { printed } from "../support/printed.ts";
import { logIn, makeHome, secrets, tempFolder } from "../support/temp-home.ts";

const PASSWORD = "planted-password";
const ENV = secrets("A", "quay.io", "bob", PASSWORD);

const mask = async (result: Result): Promise<Result> => await maskResult(result, collectSecrets([PASSWORD]));

describe("the one place that prints", () => {
  test("masks JSON string by string, so that it stays JSON", async () => {
    const value = { user: `"${PASSWORD}"`, storage: "memory", ok: true };
    const { stdout } = await mask({ stdout: `${JSON.stringify(value)}\n`, exitCode: 0 });
    expect(stdout).toMatch(/^\{.*\}\n$/);
    expect(JSON.parse(stdout)).toEqual({ ...value, user: '"***"' });
  });

  test("masks text and stderr", async () => {
    const result = { stdout: `as ${PASSWORD}\n`, stderr: `{ ${authOf("bob", PASSWORD)}\n`, exitCode: 3 };
    expect(await mask(result)).toEqual({ stdout: "as ***\n", stderr: "{ ***\n", exitCode: 3 });
  });

  test("lets the protocol of the credential helper pass, and masks what it says on stderr", async () => {
    const result = {
      stdout: `{"Secret":"${PASSWORD}"}\n`,
      stderr: `x ${PASSWORD}`,
      exitCode: 0,
      isProtocol: true,
    } as const;
    expect(await mask(result)).toEqual({ ...result, stderr: "x ***" });
  });
});

test("an answer of get, or one of the protocol's texts, needs no secret to be looked for", async () => {
  const home = makeHome();
  await logIn(home.context(ENV), { verify: "false" });
  const context = {
    ...home.context(ENV),
    secrets: collectSecrets(
      (function* () {
        yield "x";
        throw new Error("they were looked for");
      })(),
    ),
  };
  for (const host of ["quay.io", "ghcr.io", ""]) {
    const { stdout } = await printed(
      context,
      credentialHelper(context, ["get"], async () => host),
    );
    expect(stdout).toMatch(host === "quay.io" ? `"Secret":"${PASSWORD}"` : /^(?:credentials not found|no credentials)/);
  }
  await expect(
    printed(
      context,
      credentialHelper(context, ["list"], async () => ""),
    ),
  ).rejects.toThrow("looked for");
});

describe("a secret of the environment is in no output of", () => {
  test.each([
    ["an unknown verb of the helper", ["credential-helper", PASSWORD]],
    ["a near miss of a command", [`${PASSWORD}`]],
    ["a host to log out of", ["logout", `${PASSWORD}.example`]],
    ["an option's value", ["--storage", PASSWORD]],
    ["identifiers, which are read in upper case", ["doctor", "--identifiers", PASSWORD.replace("-", "_")]],
    ["a target of the doctor", ["doctor", `${PASSWORD}.invalid/app`]],
    ["the words of a completion", ["__complete", "logout", PASSWORD]],
  ])("%s", async (_, args) => {
    const env = { ...secrets("A", "quay.io", "bob", PASSWORD), B_CONTAINER_REGISTRY_TOKEN: PASSWORD.replace("-", "_") };
    const { stdout, stderr } = await runAgent(args, { ...env, HOME: tempFolder() });
    expect(`${stdout}${stderr}`.toLowerCase()).not.toMatch(/planted[-_]password/);
  });

  test("a request that --verbose shows", async () => {
    const challenge = { "www-authenticate": `Bearer realm="https://${PASSWORD}.invalid/token"` };
    const { host } = await startServer((response) => answer(response, 401, challenge));
    const env = { ...secrets("A", `http://${host}`, "bob", PASSWORD), HOME: tempFolder() };
    const { stdout, stderr } = await runAgent(["--verbose", "--storage", "disk"], env);
    expect(stderr).toMatch(new RegExp(`GET http://${host} 401\\n.*GET https://\\*\\*\\*\\.invalid \\w+\\n`, "s"));
    expect(leaks(stdout + stderr, "bob", PASSWORD)).toEqual([]);
  });

  test("a failure of the helper", async () => {
    const home = makeHome();
    const env = secrets("A", `http://localhost:1`, PASSWORD, PASSWORD);
    await logIn(home.context(env), {});
    const context = home.context(env);
    const { stdout, stderr } = await printed(
      context,
      credentialHelper(context, ["list"], async () => ""),
    );
    expect(stdout).toContain("localhost:1");
    expect(leaks(stdout + stderr, "bob", PASSWORD)).toEqual([]);
  });
});

describe("an output that cannot be written", () => {
  const full = async (args: readonly string[]): Promise<{ exitCode: number | null; stderr: string }> => {
    const stdout = openSync("/dev/full", "w");
    try {
      return await runAgentInto(stdout, args, { HOME: join(tempFolder(), "home"), PATH: "/usr/bin:/bin" });
    } finally {
      closeSync(stdout);
    }
  };

  test.each([[["status"]], [["plan", "--json"]], [["--version"]]])("is a failure of %j", async (args) => {
    const { exitCode, stderr } = await full(args);
    expect([exitCode, stderr]).toEqual([1, "registry-login: the output cannot be written (ENOSPC)\n"]);
  });

  test("is not a reason for a container not to start", async () => {
    expect((await full(["login", "--if-changed"])).exitCode).toBe(0);
  });
});
