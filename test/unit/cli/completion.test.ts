import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { agentOnPath } from "../../support/clients.ts";
import { runLine } from "../../support/command-line.ts";
import { run } from "../../support/shell.ts";
import { logIn, makeHome, onHost, secrets, type TempHome } from "../../support/temp-home.ts";

const ENV = {
  ...secrets("A", "quay.io", "bob", "planted-password"),
  ...secrets("B", "localhost:5000", "bob", "planted-password"),
  ...secrets("C", "localhost:5001", "bob", "planted-password"),
};

async function loggedIn(): Promise<TempHome> {
  const home = makeHome();
  await logIn(home.context(ENV), { verify: "false", storage: "disk" });
  return home;
}

async function candidates(home: TempHome, words: readonly string[]): Promise<string[]> {
  const { stdout, exitCode } = await runLine(home, ["__complete", ...words]);
  expect(exitCode).toBe(0);
  return stdout.split("\n").flatMap((line) => (line === "" ? [] : (line.split("\t")[0] ?? "")));
}

const COMMANDS = ["login", "plan", "status", "doctor", "logout", "export", "completion", "help"];

test.each<[string[], string[]]>([
  [[""], COMMANDS],
  [["lo"], ["login", "logout"]],
  [["help", ""], COMMANDS],
  [
    ["--storage", ""],
    ["memory", "disk", "plaintext", "native"],
  ],
  [["login", "--storage", "d"], ["disk"]],
  [["--storage=p"], ["--storage=plaintext"]],
  [
    ["plan", "--github-token", ""],
    ["auto", "always", "never", "gh"],
  ],
  [["--timeout", ""], []],
  [
    ["login", "--st"],
    ["--storage", "--strict"],
  ],
  [
    ["status", "--"],
    ["--json", "--help"],
  ],
  [["status", "--json", "--"], ["--help"]],
  [["plan", "--if"], []],
  [["--vers"], ["--version"]],
  [["doctor", "--p"], ["--push"]],
  [
    ["logout", ""],
    ["localhost:5000", "localhost:5001", "quay.io"],
  ],
  [
    ["logout", "quay.io", ""],
    ["localhost:5000", "localhost:5001"],
  ],
  [["--json", "doctor", "q"], ["quay.io"]],
  [["login", "--storage", "disk", ""], []],
  [
    ["export", ""],
    ["docker", "docker-auth-config", "kubernetes", "k3s", "podman"],
  ],
  [
    ["export", "kubernetes", "--namespace", "dev", "localhost:5000", ""],
    ["localhost:5001", "quay.io"],
  ],
  [["export", "docker", "--o"], ["--output"]],
  [
    ["completion", ""],
    ["bash", "zsh", "fish"],
  ],
  [["completion", "bash", ""], []],
  [["nonsense", ""], COMMANDS],
  [[], COMMANDS],
])("%j may become", async (words, expected) => {
  expect(await candidates(await loggedIn(), words)).toEqual(expected);
});

test("each command and option comes with its description", async () => {
  const { stdout } = await runLine(makeHome(), ["__complete", "st"]);
  expect(stdout).toMatch(/^status\t\S.+\n$/);
});

describe("where a shell completes a file or a folder itself", () => {
  const ENV_FILE = ["login", "--env-file", ""];

  test.each<[string[], string]>([
    [ENV_FILE, ":files\t\n"],
    [["--secrets-file=a"], ":files\t\n"],
    [["plan", "--workspace-folder", ""], ":folders\t\n"],
    [["login", "--lease", ""], ""],
  ])("%j", async (words, expected) => {
    expect((await runLine(onHost(makeHome()), ["__complete", ...words])).stdout).toBe(expected);
  });

  test("for a file that a command writes, in a container too", async () => {
    expect((await runLine(makeHome(), ["__complete", "export", "docker", "--output", ""])).stdout).toBe(":files\t\n");
  });

  test("not in a container, which has no such flag", async () => {
    expect((await runLine(makeHome(), ["__complete", ...ENV_FILE])).stdout).toBe("");
  });

  /** A folder in which each shell finds the same, with a program that answers as the agent does. */
  function makeFolder(answer: string): TempHome {
    const home = makeHome();
    mkdirSync(join(home.folder, "acme.d"));
    writeFileSync(join(home.folder, "acme.env"), "");
    writeFileSync(join(home.folder, "registry-login"), `#!/bin/sh\nprintf '${answer}\\t\\n'\n`, { mode: 0o755 });
    return home;
  }

  test.each<[string, string, string[]]>([
    [":files", "--env-file ac", ["acme.d", "acme.env"]],
    [":files", "--env-file=ac", ["acme.d", "acme.env"]],
    [":folders", "--workspace-folder ac", ["acme.d"]],
    [":files", "--env-file $(touch trap)", []],
  ])("bash: %s for %s", async (answer, words, expected) => {
    const home = makeFolder(answer);
    const { stdout: script } = await runLine(home, ["completion", "bash"]);
    const program = `cd "$HOME"; ${script}
COMP_LINE="registry-login $1" COMP_POINT=$((15 + \${#1})) COMP_WORDBREAKS=$' \\t\\n"\\'><=;|&(:'
_registry_login
printf '%s\\n' "\${COMPREPLY[@]}"`;
    const env = { HOME: home.folder, PATH: `${home.folder}:${process.env.PATH}` };
    const { stdout } = await run("bash", ["--norc", "-c", program, "bash", words], { env });
    expect(
      stdout
        .split("\n")
        .filter((each) => each !== "")
        .sort(),
    ).toEqual(expected);
    expect(existsSync(join(home.folder, "trap"))).toBe(false);
  });
});

describe("in bash", () => {
  /** What bash puts into COMPREPLY when Tab is pressed at the end of the line. */
  async function press(home: TempHome, line: string): Promise<string[]> {
    const { stdout: script } = await runLine(home, ["completion", "bash"]);
    const program = `${script}
COMP_LINE=$1 COMP_POINT=\${#1} COMP_WORDBREAKS=$' \\t\\n"\\'><=;|&(:'
_registry_login
printf '%s\\n' "\${COMPREPLY[@]}"`;
    const env = { HOME: home.folder, PATH: agentOnPath(home) };
    const { stdout, stderr } = await run("bash", ["--norc", "-c", program, "bash", line], { env });
    expect(stderr).toBe("");
    return stdout.split("\n").filter((each) => each !== "");
  }

  test.each<[string, string[]]>([
    ["registry-login st", ["status"]],
    ["registry-login logout q", ["quay.io"]],
    // bash treats what is before the colon or the equals sign as a separate word.
    ["registry-login logout localhost:500", ["5000", "5001"]],
    ["registry-login --storage=d", ["disk"]],
    ["registry-login completion ", ["bash", "zsh", "fish"]],
  ])("%s", async (line, expected) => {
    expect(await press(await loggedIn(), line)).toEqual(expected);
  });

  test("nothing that was typed is executed", async () => {
    const home = await loggedIn();
    const trap = join(home.folder, "trap");
    await press(home, `registry-login logout $(touch ${trap}) \`touch ${trap}\` "; touch ${trap} #" `);
    expect(existsSync(trap)).toBe(false);
  });
});
