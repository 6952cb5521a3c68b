import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Environment } from "../../../../src/platform/environment.ts";

import { writeEnvSecrets } from "../../../support/codespace.ts";
import { leaks } from "../../../support/leaks.ts";
import { logIn, logOut, makeHome, secrets, tempFolder, writtenFiles } from "../../../support/temp-home.ts";

const KEY = "//npm.pkg.github.com/:_authToken";
const REFERENCE = `${KEY}=\${GITHUB_TOKEN}`;
const TOKEN = "ghp_abcdefghijklmnopqrstuvwxyz0123456789";
const GITHUB = { CODESPACES: "true", GITHUB_USER: "mona", GITHUB_TOKEN: "ghu_token-of-the-codespace" };
const TRIPLE = secrets("NPM", "npm.pkg.github.com", "mona", TOKEN);
const OTHER = secrets("ACR", "a.azurecr.io", "bob", "pass-word");

/** A home folder with this .npmrc. */
function makeNpmHome(text?: string, mode = 0o644) {
  const home = makeHome();
  const file = join(home.folder, ".npmrc");
  if (text !== undefined) writeFileSync(file, text);
  if (text !== undefined) chmodSync(file, mode);
  return {
    ...home,
    file,
    read: () => (existsSync(file) ? readFileSync(file, "utf8") : null),
    mode: () => statSync(file).mode & 0o777,
    logOut: () => logOut(home.context(), "npm.pkg.github.com"),
    logIn: (env: Environment, npm = "true") => logIn(home.context(env), { verify: "false", npm }),
  };
}

describe("what is written", () => {
  test("GITHUB_TOKEN by reference", async () => {
    const home = makeNpmHome();
    const { registries } = await home.logIn(GITHUB);
    expect(registries).toMatchObject([{ host: "ghcr.io" }, { host: "npm.pkg.github.com", kind: "npm" }]);
    expect(registries[1]?.detail).toContain("as mona, for npm, .npmrc refers to the variable");
    expect(home.read()).toBe(`${REFERENCE}\n`);
  });

  test("a secret of the codespace by reference", async () => {
    const home = makeNpmHome();
    writeEnvSecrets(home, TRIPLE);
    await home.logIn({ CODESPACES: "true" });
    expect(home.read()).toBe(`${KEY}=\${NPM_CONTAINER_REGISTRY_PASSWORD}\n`);
  });

  test("any other secret in plain text, readable for its owner only", async () => {
    const home = makeNpmHome();
    await home.logIn(TRIPLE);
    expect(home.read()).toBe(`${KEY}=${TOKEN}\n`);
    expect(home.mode()).toBe(0o600);
  });

  test("the report says that a token is in plain text, and that it is not if npm reads a variable", async () => {
    const home = makeNpmHome();
    const detail = async (env: Environment) => (await home.logIn(env)).registries.at(-1)?.detail;
    expect(await detail(TRIPLE)).toContain("for npm, its token is in plain text in .npmrc");
    expect(await detail({ ...TRIPLE, CODESPACES: "true" })).toContain("for npm, .npmrc refers to the variable");
  });

  test.each([
    ["none", "fund=false\n", true],
    ["one for another host", "@acme:registry=https://npm.pkg.github.com.evil.example\n", true],
    ["one", "@acme:registry=https://npm.pkg.github.com\n", false],
    ["one that npm has quoted", 'x=1\n@acme:registry = "https://npm.pkg.github.com/"\n', false],
  ])("the hint names the line of a scope that npm needs, if .npmrc has %s", async (_, text, isMissing) => {
    const home = makeNpmHome(text);
    const { registries } = await home.logIn(TRIPLE);
    const hint = expect.stringContaining("add @SCOPE:registry=https://npm.pkg.github.com to the project's .npmrc");
    expect(registries).toMatchObject([{ kind: "npm", code: null, hint: isMissing ? hint : "" }]);
  });

  test.each([
    ["a token makes it private", TRIPLE, 0o600],
    ["a reference leaves the mode alone", GITHUB, 0o644],
  ])("a file that others can read: %s", async (_, env, mode) => {
    const home = makeNpmHome("fund=false\n");
    await home.logIn(env);
    expect(home.mode()).toBe(mode);
  });

  test("a new token replaces the old one", async () => {
    const home = makeNpmHome("fund=false\n");
    await home.logIn(TRIPLE);
    await home.logIn({ ...TRIPLE, NPM_CONTAINER_REGISTRY_PASSWORD: "ghp_the-next-token" });
    expect(home.read()).toBe(`fund=false\n${KEY}=ghp_the-next-token\n`);
  });

  test.each(["two\nlines", "a token", "a;b", "a#b", `\${HOME}`, 'a"b'])(
    "no password that .npmrc cannot contain: %j",
    async (password) => {
      const home = makeNpmHome();
      const { registries } = await home.logIn({ ...TRIPLE, NPM_CONTAINER_REGISTRY_PASSWORD: password });
      expect(registries).toMatchObject([{ outcome: "failed", hint: expect.stringContaining("GitHub token") }]);
      expect(home.read()).toBeNull();
    },
  );

  test("nothing without the option npm, even with a token", async () => {
    const home = makeNpmHome();
    await home.logIn(GITHUB, "false");
    expect(home.read()).toBeNull();
  });

  test("no key for container clients, and no token in the report", async () => {
    const home = makeNpmHome();
    const { registries } = await home.logIn(TRIPLE);
    expect(home.readConfig()?.credHelpers ?? {}).toEqual({});
    expect(leaks(JSON.stringify(registries), "mona", TOKEN)).toEqual([]);
  });
});

describe("every other line is unchanged, and removing ours leaves no trace", () => {
  test.each([
    ["in its order", "registry=https://npm.example.com/\n@acme:registry=https://npm.pkg.github.com\nfund=false\n"],
    ["with CRLF", "; mine\r\nfund=false\r\n\r\n//npm.example.com/:_authToken=npm_x\r\n"],
    ["with blanks, comments and sections", "\n\n; a = b\n# c\n  fund = false  \n[section]\nx=1\n\n"],
    [
      "with settings of the same name elsewhere",
      "//npm.pkg.github.com/x/:_authToken=x\n//npm.pkg.github.com/:always-auth=true\n",
    ],
  ])("%s", async (_, text) => {
    const home = makeNpmHome(text);
    await home.logIn({ ...OTHER, ...TRIPLE });
    expect(
      home
        .read()
        ?.split("\n")
        .filter((line) => !line.startsWith(`${KEY}=`))
        .join("\n"),
    ).toBe(text);
    expect(home.read()).toContain(`${KEY}=${TOKEN}`);
    await home.logOut();
    expect(home.read()).toBe(text);
  });

  test.each([
    ["fund=false", `fund=false\n${REFERENCE}\n`],
    ["fund=false\r\n", `fund=false\r\n${REFERENCE}\r\n`],
    ["a=1\r\nb=2", `a=1\r\nb=2\r\n${REFERENCE}\r\n`],
  ])("our entry is a line of its own, with the file's line endings: %j", async (text, expected) => {
    const home = makeNpmHome(text);
    await home.logIn(GITHUB);
    expect(home.read()).toBe(expected);
  });

  test.each([
    ["the option npm is switched off", GITHUB, GITHUB, "false"],
    ["the option npm is off, with other secrets", { ...GITHUB, ...OTHER }, { ...GITHUB, ...OTHER }, "false"],
  ])("our line is removed when %s", async (_, first, second, npm) => {
    const home = makeNpmHome("fund=false\n");
    await home.logIn(first);
    expect(home.read()).toContain(KEY);
    await home.logIn(second, npm);
    expect(home.read()).toBe("fund=false\n");
  });

  test.each([
    ["without any secret", {}],
    ["with other secrets", OTHER],
  ])("a shell %s does not log out", async (_, env) => {
    const home = makeNpmHome();
    await home.logIn(TRIPLE);
    await home.logIn(env);
    expect(home.read()).toBe(`${KEY}=${TOKEN}\n`);
  });
});

describe("a line that somebody else wrote", () => {
  test.each([`${KEY}=ghp_of-somebody-else`, `${KEY} = ghp_of-somebody-else`, `  ${KEY}=ghp_of-somebody-else\r`])(
    "for the same setting is kept, and the report says so: %j",
    async (line) => {
      const home = makeNpmHome(`fund=false\n${line}\n`);
      const { registries } = await home.logIn(TRIPLE);
      expect(home.read()).toBe(`fund=false\n${line}\n`);
      expect(registries).toMatchObject([{ identifier: "NPM", hint: expect.stringContaining(KEY) }]);
      expect(JSON.stringify(registries)).not.toContain("ghp_of-somebody-else");
      await home.logIn(OTHER);
      expect(home.read()).toBe(`fund=false\n${line}\n`);
    },
  );

  test("with the same text as ours is kept when ours is removed", async () => {
    const home = makeNpmHome(`${REFERENCE}\n`);
    await home.logIn({ ...GITHUB, ...OTHER });
    expect(home.read()).toBe(`${REFERENCE}\n`);
    await home.logIn({ ...GITHUB, ...OTHER }, "false");
    expect(home.read()).toBe(`${REFERENCE}\n`);
  });
});

describe("NPM_CONFIG_USERCONFIG", () => {
  test("names the file", async () => {
    const home = makeNpmHome();
    const file = join(tempFolder(), "own-npmrc");
    await home.logIn({ ...GITHUB, NPM_CONFIG_USERCONFIG: file });
    expect(readFileSync(file, "utf8")).toBe(`${REFERENCE}\n`);
    expect(home.read()).toBeNull();
  });

  test("our line is removed from the file that it was written to", async () => {
    const home = makeNpmHome();
    const file = join(tempFolder(), "own-npmrc");
    await home.logIn({ ...TRIPLE, ...OTHER, NPM_CONFIG_USERCONFIG: file });
    await home.logOut();
    expect(existsSync(file)).toBe(false);
  });
});

test.each([
  ["by reference", GITHUB],
  ["as it is", TRIPLE],
])("a second run writes nothing: %s", async (_, env) => {
  const home = makeNpmHome("fund=false\n");
  await home.logIn(env);
  const before = writtenFiles(home.folder);
  expect((await home.logIn(env)).registries.at(-1)).toMatchObject({ outcome: "unchanged" });
  expect(writtenFiles(home.folder)).toEqual(before);
});
