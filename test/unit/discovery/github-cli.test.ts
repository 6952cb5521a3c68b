import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readGithubCliToken } from "../../../src/discovery/github-cli.ts";
import { secrets, tempFolder } from "../../support/temp-home.ts";

/** A folder with a program `gh` that runs these lines of sh. */
function installGh(lines: string): string {
  const folder = tempFolder();
  const file = join(folder, "gh");
  writeFileSync(file, `#!/bin/sh\n${lines}\n`);
  chmodSync(file, 0o755);
  return folder;
}

/** A folder name in the middle: the program needs `cat` and `env`. */
const pathWith = (folder: string): string => `${folder}:${process.env.PATH}`;

test("the token is what gh auth token prints for github.com", async () => {
  const folder = installGh('[ "$*" = "auth token --hostname github.com" ] && echo gho_token');
  expect(await readGithubCliToken({ PATH: pathWith(folder) }, "linux")).toEqual({ token: "gho_token" });
});

test("gh gets no secret of a registry, its own variables, and no input", async () => {
  const folder = installGh('env > "$(dirname "$0")/env"; cat > "$(dirname "$0")/input"; echo gho_token');
  const env = { PATH: pathWith(folder), GH_CONFIG_DIR: "/x", ...secrets("A", "quay.io", "bob", "planted-password") };
  await readGithubCliToken(env, "linux");
  const given = readFileSync(join(folder, "env"), "utf8");
  expect(given).not.toContain("planted-password");
  expect(given).toContain("GH_CONFIG_DIR=/x");
  expect(readFileSync(join(folder, "input"), "utf8")).toBe("");
});

test.each([
  ["not logged in", 'echo "no oauth token found for github.com" >&2; exit 1'],
  ["without that command", 'echo "unknown command" >&2; exit 1'],
  ["that prints nothing", "exit 0"],
  ["that prints something else", 'echo "a text of several words"'],
])("a gh %s: log in first", async (_, lines) => {
  const found = await readGithubCliToken({ PATH: pathWith(installGh(lines)) }, "linux");
  expect(found).toMatchObject({ code: "gh-no-login", hint: expect.stringContaining("gh auth login") });
});

test.each(["", "a/relative/folder", ":"])("no gh on the PATH %j", async (PATH) => {
  const found = await readGithubCliToken({ PATH }, "linux");
  expect(found).toMatchObject({ code: "gh-missing", hint: expect.stringContaining("gh auth login") });
});

test("without gh, its own variables are used as it would use them", async () => {
  const both = { PATH: "", GH_TOKEN: "ghp_first", GITHUB_TOKEN: "ghp_second" };
  expect(await readGithubCliToken(both, "linux")).toEqual({ token: "ghp_first" });
  expect(await readGithubCliToken({ PATH: "", GITHUB_TOKEN: "ghp_second" }, "linux")).toEqual({ token: "ghp_second" });
});
