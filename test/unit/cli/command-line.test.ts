import { describe, expect, test } from "vitest";
import { runLine } from "../../support/command-line.ts";
import { leaks } from "../../support/planted.ts";
import { filesBelow, makeHome, secrets } from "../../support/temp-home.ts";

const PASSWORD = "planted-password";
const ENV = secrets("A", "quay.io", "bob", PASSWORD);

describe("help", () => {
  test.each([["--help"], ["-h"], ["help"], ["help", "--help"]])("%s %s: every command", async (...args) => {
    const { stdout, exitCode } = await runLine(makeHome(), args);
    expect(exitCode).toBe(0);
    for (const name of ["login", "plan", "status", "doctor", "logout", "completion", "help"]) {
      expect(stdout).toMatch(new RegExp(`^ {2}${name} `, "m"));
    }
    expect(stdout).not.toContain("__complete");
  });

  test.each([
    [
      ["login", "--help"],
      ["--storage <memory|disk|plaintext>", "--no-verify", "--if-changed", "--verbose"],
    ],
    [
      ["help", "login"],
      ["--github-token <auto|always|never>", "--no-strict", "--timeout <seconds>"],
    ],
    [
      ["--json", "plan", "-h"],
      ["--registries <list>", "--json"],
    ],
    [["help", "status"], ["--json"]],
    [
      ["doctor", "--help"],
      ["--push", "--verbose", "--json", "--timeout <seconds>"],
    ],
    [
      ["logout", "--help"],
      ["--all", "--json", "[host...]"],
    ],
    [
      ["completion", "--help"],
      ["<bash|zsh|fish>", "fpath"],
    ],
  ])("%j: its own options", async (args, options) => {
    const { stdout, exitCode } = await runLine(makeHome(), args);
    expect(exitCode).toBe(0);
    for (const option of options) expect(stdout).toContain(option);
  });

  test("writes nothing, and logs in nowhere", async () => {
    const home = makeHome();
    await runLine(home, ["--help", "--storage", "disk"], ENV);
    expect([...filesBelow(home.folder), ...filesBelow(home.memory)]).toEqual([]);
  });
});

test.each([[["--version"]], [["login", "--version"]], [["--version", "plan"]]])(
  "%j: the version alone",
  async (args) => {
    expect(await runLine(makeHome(), args)).toMatchObject({ stdout: expect.stringMatching(/^\S+\n$/), exitCode: 0 });
  },
);

test.each([
  [["plan", "--json"]],
  [["--json", "plan"]],
  [["--registries", "status=ghcr.io", "plan", "--json"]],
  [["plan", "--storage=disk", "--json"]],
])("%j: the command may stand anywhere", async (args) => {
  const { stdout } = await runLine(makeHome(), args, ENV);
  expect(JSON.parse(stdout).registries).toMatchObject([{ identifier: "A", host: "quay.io" }]);
});

test.each([
  ["--no-verify", "--verify"],
  ["--verify", "--no-verify"],
])("%s %s: the no counts, wherever it stands", async (...args) => {
  const { stdout } = await runLine(makeHome(), ["--json", ...args], ENV);
  expect(JSON.parse(stdout).registries).toMatchObject([{ detail: expect.stringContaining("not checked") }]);
});

describe("what is wrong, and the nearest that is right", () => {
  test.each([
    [["stauts"], 'there is no command "stauts"', "did you mean status?"],
    [["help", "logot"], 'there is no command "logot"', "did you mean logout?"],
    [["--storge", "disk"], "registry-login has no option --storge", "did you mean --storage?"],
    [["plan", "--josn"], "plan has no option --josn", "did you mean --json?"],
    [["status", "--storage", "disk"], "status has no option --storage", "see registry-login --help"],
    [["login", "twice"], "there is a word too many behind login", "see registry-login --help"],
    [["status", "quay.io"], "there is a word too many behind status", "see registry-login --help"],
    [["--storage"], "--storage needs a value", "see registry-login --help"],
    [["--storage", "--json"], "--storage needs a value", "see registry-login --help"],
    [["--json=yes"], "--json takes no value", "see registry-login --help"],
    [["completion"], "there is a word missing behind completion", "see registry-login --help"],
    [["completion", "tcsh"], "there is completion for bash, zsh and fish", "see registry-login --help"],
  ])("%j", async (args, message, hint) => {
    const home = makeHome();
    expect((await runLine(home, args)).refusal).toEqual({ message, hint });
    expect([...filesBelow(home.folder), ...filesBelow(home.memory)]).toEqual([]);
  });

  test("nothing near: which commands there are", async () => {
    const { refusal } = await runLine(makeHome(), ["frobnicate"]);
    expect(refusal?.message).toContain("login, plan, status, doctor, logout, completion, help");
  });
});

const FORMS = [PASSWORD, Buffer.from(`bob:${PASSWORD}`).toString("base64"), encodeURIComponent("planted password&1")];

describe.each(FORMS)("a secret on the command line is never repeated: %s", (secret) => {
  test.each([
    [["--password", secret]],
    [[`--password=${secret}`]],
    [[`--json=${secret}`]],
    [[`-p${secret}`]],
    [[`--${secret}`]],
    [["--storage", secret]],
    [[`--storage=${secret}`]],
    [["--timeout", secret]],
    [["--registries", secret]],
    [["--identifiers", `${secret} !`]],
    [["--github-token", secret]],
    [["login", secret]],
    [["plan", "--verbose", secret]],
    [["completion", secret]],
    [["completion", "bash", secret]],
    [["status", secret]],
    [["logout", "--all", `--host=${secret}`]],
    [["help", secret]],
    [[secret]],
  ])("%j", async (args) => {
    const { stdout, refusal } = await runLine(makeHome(), args);
    expect(refusal).not.toBeNull();
    const said = stdout + JSON.stringify(refusal);
    expect([...leaks(said, "bob", PASSWORD), ...[secret].filter((form) => said.includes(form))]).toEqual([]);
  });
});
