import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import { COMMANDS } from "../../../src/cli/commands.ts";
import { runLine } from "../../support/command-line.ts";
import { startLocalRegistry } from "../../support/local-registry.ts";
import { run } from "../../support/shell.ts";
import { logIn, makeHome, secrets } from "../../support/temp-home.ts";

const COLUMNS = 50;
const MAIN = fileURLToPath(new URL("../../../src/main.ts", import.meta.url));

/** In this order; the logout comes last. */
const LINES = [
  ...["login --if-changed", "login", "plan", "status", "doctor", "logout", "help"],
  // A script of a shell is not wrapped, and lines to copy into one are not broken.
  ...COMMANDS.filter(({ name }) => name !== "completion").map(({ name }) => `${name} --help`),
  ...["--help", "help logout", "no-such-command", "logout --all"],
];

const words = (text: string): string[] => text.split(/\s+/).filter((word) => word !== "");

test(`every command wraps between words in a terminal of ${COLUMNS} columns`, async () => {
  const home = makeHome();
  const env = {
    ...secrets("GOOD", await startLocalRegistry("right-password"), "bob", "right-password"),
    ...secrets("WRONG", await startLocalRegistry("right-password"), "bob", "another-password"),
    SKIPPED_CONTAINER_REGISTRY_SERVER: "quay.io",
    PATH: process.env.PATH,
  };
  await logIn(home.context(env));
  const wide = new Map<string, string>();
  for (const line of LINES.slice(0, -1)) {
    const { stdout, refusal } = await runLine(home, line.split(" "), env);
    if (refusal === null) wide.set(line, stdout);
  }
  const agent = `'${process.execPath}' --import tsx '${MAIN}'`;
  const script = LINES.map((line) => `echo '=== ${line}'; ${agent} ${line} 2>&1`).join("; ");
  const terminal = `stty cols ${COLUMNS}; ${script}; true`;
  const { stdout } = await run("script", ["--quiet", "--return", "--command", terminal, "/dev/null"], {
    env: { ...env, HOME: home.folder, NO_COLOR: "1", TERM: "dumb", SHELL: "/bin/sh" },
  });
  const blocks = stripVTControlCharacters(stdout).replaceAll("\r", "").split("=== ").slice(1);
  expect(blocks).toHaveLength(LINES.length);
  for (const block of blocks) {
    const [line = "", ...rest] = block.split("\n");
    // Only a path may be longer than the terminal is wide.
    expect(rest.filter((each) => each.length > COLUMNS && !/^ *\/\S+$/.test(each))).toEqual([]);
    const timeless = (text: string): string[] => words(text.replace(/\d+ (?:ms|seconds?|minutes?)|now/g, "T"));
    const expected = wide.get(line);
    if (expected !== undefined) expect(timeless(rest.join("\n"))).toEqual(timeless(expected));
  }
});
