import { expect, test } from "vitest";
import { plan } from "../../../src/commands/plan/plan.ts";
import type { RawOptions } from "../../../src/discovery/options.ts";
import type { Environment } from "../../../src/platform/environment.ts";
import { ECR_HOST } from "../../support/aws-endpoint.ts";
import { writeEnvSecrets } from "../../support/codespace.ts";
import { makeHome, secrets } from "../../support/temp-home.ts";

interface Planned {
  readonly identifier: string;
  readonly source: string;
  readonly host: string;
  readonly user: string;
}

function planned(env: Environment, options: RawOptions = {}, file: Record<string, string> = {}): Planned[] {
  const home = makeHome();
  writeEnvSecrets(home, file);
  return JSON.parse(plan(home.context(env), options, true).stdout).registries;
}

const TOKEN = { GITHUB_TOKEN: "ghu_the-token" };
const CODESPACE = { CODESPACES: "true", GITHUB_USER: "mona" };

test.each<[string, Environment, RawOptions, string[]]>([
  ["in a codespace", { ...CODESPACE, ...TOKEN }, {}, ["ghcr.io"]],
  ["in a codespace, auto", { ...CODESPACE, ...TOKEN }, { githubToken: "auto" }, ["ghcr.io"]],
  ["in a codespace, never", { ...CODESPACE, ...TOKEN }, { githubToken: "never" }, []],
  ["in a codespace, always", { ...CODESPACE, ...TOKEN }, { githubToken: "always" }, ["ghcr.io"]],
  ["in a codespace without a token", CODESPACE, {}, []],
  ["in a codespace with an empty token", { ...CODESPACE, GITHUB_TOKEN: "" }, { githubToken: "always" }, []],
  ["elsewhere", TOKEN, {}, []],
  ["elsewhere, though CODESPACES is set", { ...TOKEN, CODESPACES: "false" }, {}, []],
  ["elsewhere, always", TOKEN, { githubToken: "always" }, ["ghcr.io"]],
  ["elsewhere, always, without a token", {}, { githubToken: "always" }, []],
  ["elsewhere, with npm", TOKEN, { npm: "true" }, []],
  ["elsewhere, always with npm", TOKEN, { githubToken: "always", npm: "true" }, ["ghcr.io", "npm.pkg.github.com"]],
  ["in a codespace, with npm", { ...CODESPACE, ...TOKEN }, { npm: "true" }, ["ghcr.io", "npm.pkg.github.com"]],
  ["in a codespace, never with npm", { ...CODESPACE, ...TOKEN }, { githubToken: "never", npm: "true" }, []],
])("the GitHub token %s", (_, env, options, hosts) => {
  const found = planned(env, options);
  expect(found.map(({ host }) => host).sort()).toEqual(hosts);
  for (const each of found) expect(each).toMatchObject({ source: "github-token" });
});

test("the user is GITHUB_USER, or any if it is not set", () => {
  expect(planned({ ...CODESPACE, ...TOKEN })).toMatchObject([{ identifier: "GITHUB", user: "mona" }]);
  expect(planned(TOKEN, { githubToken: "always" })).toMatchObject([{ user: expect.stringMatching(/./) }]);
});

test("the token is also read from the codespace's secrets file", () => {
  expect(planned({ CODESPACES: "true" }, {}, { ...TOKEN, GITHUB_USER: "mona" })).toMatchObject([
    { host: "ghcr.io", source: "github-token", user: "mona" },
  ]);
});

test.each([
  [secrets("GHCR", "ghcr.io", "publisher", "ghp_classic-token"), "GHCR"],
  [secrets("A", "https://GHCR.io/", "publisher", "ghp_classic-token"), "A"],
  [secrets("GITHUB", "ghcr.io", "publisher", "ghp_classic-token"), "GITHUB"],
])("a secret set for ghcr.io overrides it (%j)", (triple, identifier) => {
  expect(planned({ ...CODESPACE, ...TOKEN, ...triple })).toMatchObject([
    { identifier, source: "environment", host: "ghcr.io", user: "publisher" },
  ]);
});

test("a secret set for npm overrides it for npm only", () => {
  const triple = secrets("NPM", "npm.pkg.github.com", "publisher", "ghp_classic-token");
  const found = planned({ ...CODESPACE, ...TOKEN, ...triple }, { npm: "true" });
  expect(found).toMatchObject([
    { host: "ghcr.io", source: "github-token" },
    { identifier: "NPM", host: "npm.pkg.github.com", source: "environment", user: "publisher" },
  ]);
});

test("an incomplete secret set for ghcr.io does not override the token", () => {
  const env = { ...CODESPACE, ...TOKEN, GHCR_CONTAINER_REGISTRY_SERVER: "ghcr.io" };
  expect(planned(env)).toMatchObject([{ identifier: "GITHUB", source: "github-token" }]);
});

const THREE = {
  ...CODESPACE,
  ...TOKEN,
  ...secrets("ACR", "a.azurecr.io", "bob", "pass-word-1"),
  ...secrets("HUB", "docker.io", "bob", "pass-word-2"),
};

test.each<[string, string[]]>([
  ["", ["ACR", "GITHUB", "HUB"]],
  ["ACR", ["ACR"]],
  ["acr , Hub", ["ACR", "HUB"]],
  ["GITHUB", ["GITHUB"]],
  ["NONE", []],
])("the option identifiers = %j limits the logins", (identifiers, expected) => {
  expect(planned(THREE, { identifiers }).map(({ identifier }) => identifier)).toEqual(expected);
});

test("the option identifiers limits the codespace's file and the option registries too", () => {
  const file = secrets("FILE", "file.example.com", "bob", "pass-word-3");
  const options = { registries: `PUB=public.ecr.aws, ECR=${ECR_HOST}` };
  const limited = planned(THREE, { ...options, identifiers: "FILE, PUB" }, file);
  expect(limited.map(({ identifier }) => identifier)).toEqual(["FILE", "PUB"]);
});

test("a set that identifiers excludes does not override another one for its host and is not reported", () => {
  const home = makeHome();
  const env = {
    ...secrets("A", "ghcr.io", "a", "pass-word-1"),
    ...secrets("B", "ghcr.io", "b", "pass-word-2"),
    C_CONTAINER_REGISTRY_SERVER: "c.azurecr.io",
  };
  const { registries, skipped } = JSON.parse(plan(home.context(env), { identifiers: "B" }, true).stdout);
  expect(registries).toMatchObject([{ identifier: "B", user: "b" }]);
  expect(skipped).toEqual([]);
});
