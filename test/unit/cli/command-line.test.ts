import { stripVTControlCharacters } from "node:util";
import { describe, expect, test } from "vitest";
import { COMMANDS } from "../../../src/cli/commands.ts";
import { spellings } from "../../../src/cli/flag.ts";
import { commandHelp, programHelp } from "../../../src/cli/help.ts";
import { runLine } from "../../support/command-line.ts";
import { authOf } from "../../support/encoding.ts";
import { leaks } from "../../support/leaks.ts";
import { filesBelow, makeHome, secrets } from "../../support/temp-home.ts";

const PASSWORD = "planted-password";
const ENV = secrets("A", "quay.io", "bob", PASSWORD);

describe("help", () => {
  test.each([["--help"], ["-h"], ["help"], ["help", "--help"]])("%s %s: every command", async (...args) => {
    const { stdout, exitCode } = await runLine(makeHome(), args);
    expect(exitCode).toBe(0);
    for (const name of ["login", "plan", "status", "doctor", "logout", "export", "completion", "help"]) {
      expect(stdout).toMatch(new RegExp(`^ {2}${name} `, "m"));
    }
    expect(stdout).not.toContain("__complete");
  });

  test.each([
    [
      ["login", "--help"],
      ["--storage <memory|disk|plaintext|native>", "--no-verify", "--if-changed", "--verbose"],
    ],
    [
      ["help", "login"],
      ["--github-token <auto|always|never|gh>", "--no-strict", "--timeout <seconds>"],
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

  describe.each([40, 80])("in a terminal of %s columns", (columns) => {
    const terminal = { color: true, unicode: true, columns };
    const unwrapped = (text: string): string => stripVTControlCharacters(text).replace(/\s+/g, " ");

    test("has the whole text of every command", () => {
      const program = unwrapped(programHelp(COMMANDS, terminal));
      for (const command of COMMANDS) {
        const { name, description, flags, operand } = command;
        expect(program).toContain(` ${name} `);
        expect(program).toContain(description);
        const help = unwrapped(commandHelp(command, terminal));
        for (const flag of flags) {
          for (const spelling of spellings(flag)) expect(help).toContain(spelling);
          expect(help).toContain(flag.description);
        }
        expect(help).toContain(operand?.description ?? description);
      }
    });

    test("no line is wider, except one with a word that is longer than the line", () => {
      const texts = [programHelp(COMMANDS, terminal), ...COMMANDS.map((command) => commandHelp(command, terminal))];
      const lines = texts.flatMap((text) => stripVTControlCharacters(text).split("\n"));
      expect(lines.filter((line) => line.length > columns && line.trim().split(" ").length > 1)).toEqual([]);
    });
  });

  test("a pipe gets it in 80 columns", async () => {
    const { stdout } = await runLine(makeHome(), ["help", "login"]);
    expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  test("writes nothing and logs in nowhere", async () => {
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

describe("an error names what is wrong and the nearest valid word", () => {
  test.each([
    [["stauts"], 'there is no command "stauts"', "did you mean status?"],
    [["help", "logot"], 'there is no command "logot"', "did you mean logout?"],
    [["--storge", "disk"], "registry-login has no option --storge", "did you mean --storage?"],
    [["plan", "--josn"], "plan has no option --josn", "did you mean --json?"],
    [["status", "--storage", "disk"], "status has no option --storage", "see registry-login --help"],
    [["--foo"], "argument 1 is not an option of login", "see registry-login --help"],
    [["plan", "--foo"], "argument 2 is not an option of plan", "see registry-login --help"],
    [["login", "twice"], "login accepts no arguments", "see registry-login --help"],
    [["status", "quay.io"], "status accepts no arguments", "see registry-login --help"],
    [["completion", "bash", "zsh"], "completion accepts only one argument", "see registry-login --help"],
    [["--storage"], "--storage needs a value", "see registry-login --help"],
    [["--storage", "--json"], "--storage needs a value", "see registry-login --help"],
    [["--json=yes"], "--json takes no value", "see registry-login --help"],
    [["completion"], "completion needs a shell: bash, zsh or fish", "see registry-login --help"],
    [["completion", "tcsh"], "completion needs a shell: bash, zsh or fish", "see registry-login --help"],
  ])("%j", async (args, message, hint) => {
    const home = makeHome();
    expect((await runLine(home, args)).refusal).toEqual({ message, hint });
    expect([...filesBelow(home.folder), ...filesBelow(home.memory)]).toEqual([]);
  });

  test("without a near match the error lists the commands", async () => {
    const { refusal } = await runLine(makeHome(), ["frobnicate"]);
    expect(refusal?.message).toContain("login, plan, status, doctor, logout, export, completion, help");
  });
});

const FORMS = [PASSWORD, authOf("bob", PASSWORD), encodeURIComponent("planted password&1")];

describe.each(FORMS)("a secret on the command line is never printed: %s", (secret) => {
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
