import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { login } from "../../src/commands/login/login.ts";
import { installLauncher } from "../support/launcher.ts";
import { logIn, makeHome, secrets, type TempHome } from "../support/temp-home.ts";

const HOOK = ["login", "--if-changed"];

interface Situation {
  readonly env?: Readonly<Record<string, string>>;
  readonly before?: (home: TempHome) => unknown;
  readonly args?: readonly string[];
}

const options = (text: string) => (home: TempHome) => writeFileSync(home.optionsFile, text);
const config = (text: string) => (home: TempHome) => home.writeConfig(text);

const NOTHING: Readonly<Record<string, Situation>> = {
  "an empty environment": {},
  "an environment of other things": {
    env: { A: "1\n2=3", REGISTRY: "x", CONTAINER_REGISTRY_USER: "", PS1: "`id`$(id)" },
  },
  "a GITHUB_TOKEN outside of Codespaces": { env: { GITHUB_TOKEN: "ghp_0123456789", CODESPACES: "false" } },
  "options that ask for no login": {
    before: options("storage=disk\nverify=false\nstrict=true\ntimeout=30\ngithubToken=never\nnpm=true\n"),
  },
  "an options file without a word": { before: options("") },
  "an options file with blank lines": { before: options("\nverify=true\n\n") },
  "a folder of docker's without a configuration": { before: (home) => mkdirSync(join(home.folder, ".docker")) },
  "a credential store of an editor": { before: config('{\n\t"credsStore": "dev-containers-1a.js"\n}') },
  "the same in the folder DOCKER_CONFIG": {
    env: { DOCKER_CONFIG: "/nonexistent" },
    before: config('{"auths": {"quay.io": {}}}'),
  },
};

const THE_AGENT_LOOKS: Readonly<Record<string, Situation>> = {
  "a name without its fellows": { env: { A_CONTAINER_REGISTRY_SERVER: "quay.io" } },
  "one in lower case": { env: { a_container_registry_user: "bob" } },
  "one behind a value of many lines": { env: { A: "x\n\n\ny=", B_CONTAINER_REGISTRY_PASSWORD: "x\ny" } },
  "a name in a value": { env: { A: "A_CONTAINER_REGISTRY_USER" } },
  "a password that GitLab CI set": { env: { GITLAB_CI: "true", CI_REGISTRY_PASSWORD: "x" } },
  "one for GitLab's dependency proxy": { env: { CI_DEPENDENCY_PROXY_PASSWORD: "x" } },
  "a codespace without its token": { env: { CODESPACES: "true" } },
  "the option registries": { before: options("registries=ECR=public.ecr.aws\n") },
  "the option githubToken": { env: { GITHUB_TOKEN: "" }, before: options("githubToken=always\n") },
  "an option that is wrong": { before: options("storage=disk\ntimeout=0\n") },
  "an option of a later version": { before: options("colour=blue") },
  "an option with a NUL byte": { before: options("storage=di\0sk\n") },
  "200,000 lines of options": { before: options("verify=true\n".repeat(200_000)) },
  "an option after many line breaks": { before: options(`${"\n".repeat(3000)}storage=rust\n`) },
  "a configuration with a NUL byte": { before: config('{"credsStore": "a\0b"}') },
  "a configuration with a NUL byte at its end": { before: config('{"credsStore": "a"}\0') },
  "a configuration without an end": {
    before: (home) => {
      home.writeConfig('{"auths": {}}');
      truncateSync(home.config, 3 * 2 ** 30);
    },
  },
  "a configuration that is none": { before: config('{"credsStore": "a" "b"}') },
  "a line of ours in a configuration": { before: config('{"credHelpers": {"quay.io": "registry-login"}}') },
  "a configuration that leads nowhere": {
    before: (home) => {
      mkdirSync(join(home.folder, ".docker"));
      symlinkSync("/nonexistent/config.json", home.config);
    },
  },
  "a file of podman's": { env: { REGISTRY_AUTH_FILE: "/nonexistent/auth.json" } },
  "another command": { args: ["plan"] },
  "a flag more": { args: [...HOOK, "--json"] },
  "a login of an earlier run": {
    before: (home) => logIn(home.context(secrets("A", "quay.io", "bob", "x")), { verify: "false" }),
  },
};

const cases = [NOTHING, THE_AGENT_LOOKS].flatMap((situations, starts) =>
  Object.entries(situations).flatMap(([name, situation]) =>
    ["sh", "bash"].map((shell) => ({ name, shell, situation, starts })),
  ),
);

test.each(cases)("$name, seen by $shell, starts Node $starts times", async ({ situation, shell, starts }) => {
  const { env = {}, before, args = HOOK } = situation;
  const home = makeHome();
  await before?.(home);
  const launcher = installLauncher(home, env, "registry-login");
  const { stdout, stderr, exitCode } = await launcher.run(args, "", shell);
  expect(launcher.starts()).toBe(starts);
  if (starts > 0) return;
  const agent = await login(home.context(env), { options: {}, json: false, onlyChanged: true });
  expect({ stdout, stderr, exitCode }).toEqual({ stderr: "", ...agent });
});
