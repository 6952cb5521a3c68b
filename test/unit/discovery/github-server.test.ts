import { describe, expect, test } from "vitest";
import { discover } from "../../../src/discovery/discover.ts";
import { readGithubTokenFor } from "../../../src/discovery/github.ts";
import { readGithubCliToken } from "../../../src/discovery/github-cli.ts";
import { readScopes } from "../../../src/handshake/github-scopes.ts";
import type { Ask, Send } from "../../../src/network/http.ts";
import type { Environment } from "../../../src/platform/environment.ts";
import { expectHelperFailure, getFor } from "../../support/helper.ts";
import { logIn, makeHome, secrets } from "../../support/temp-home.ts";

const TOKEN = "ghs_the-token-of-one-github";

function hostsOf(env: Environment, npm = true): string[] {
  const options = { registries: new Map(), githubToken: "always", npm } as const;
  return discover({ GITHUB_TOKEN: TOKEN, ...env }, options).requests.map(
    ({ registry }) => `${registry.host} ${registry.kind}`,
  );
}

/**
 * Sources: https://docs.github.com/actions/reference/variables-reference, https://cli.github.com/manual/gh_help_environment,
 * https://docs.github.com/enterprise-server/packages (subdomain isolation), data residency in GitHub Enterprise Cloud.
 */
const GITHUBS: readonly { readonly name: string; readonly env: Environment; readonly hosts: readonly string[] }[] = [
  { name: "nothing is named", env: {}, hosts: ["ghcr.io ghcr", "npm.pkg.github.com npm"] },
  {
    name: "empty names",
    env: { GITHUB_SERVER_URL: "", GH_HOST: " " },
    hosts: ["ghcr.io ghcr", "npm.pkg.github.com npm"],
  },
  {
    name: "github.com",
    env: { GITHUB_SERVER_URL: "https://github.com" },
    hosts: ["ghcr.io ghcr", "npm.pkg.github.com npm"],
  },
  {
    name: "github.com in other spellings",
    env: { GITHUB_SERVER_URL: "https://www.GitHub.com:443/" },
    hosts: ["ghcr.io ghcr", "npm.pkg.github.com npm"],
  },
  {
    name: "a company's GitHub",
    env: { GITHUB_SERVER_URL: "https://octocorp.ghe.com" },
    hosts: ["containers.octocorp.ghe.com ghcr", "npm.octocorp.ghe.com npm"],
  },
  {
    name: "an Enterprise Server",
    env: { GITHUB_SERVER_URL: "https://github.example.com" },
    hosts: ["containers.github.example.com ghcr"],
  },
  {
    name: "an Enterprise Server by GITHUB_HOST",
    env: { GITHUB_HOST: "github.example.com" },
    hosts: ["containers.github.example.com ghcr"],
  },
  {
    name: "an Enterprise Server by GH_HOST",
    env: { GH_HOST: "GitHub.example.com" },
    hosts: ["containers.github.example.com ghcr"],
  },
  {
    name: "the job's GitHub comes before that of gh",
    env: { GITHUB_SERVER_URL: "https://octocorp.ghe.com", GH_HOST: "github.com" },
    hosts: ["containers.octocorp.ghe.com ghcr", "npm.octocorp.ghe.com npm"],
  },
  {
    name: "a name that only looks like github.com",
    env: { GITHUB_SERVER_URL: "https://github.com.example" },
    hosts: ["containers.github.com.example ghcr"],
  },
  { name: "github.com with a trailing dot", env: { GITHUB_SERVER_URL: "https://github.com." }, hosts: [] },
  { name: "an unencrypted server", env: { GITHUB_SERVER_URL: "http://github.example.com" }, hosts: [] },
  { name: "an address with a user", env: { GITHUB_SERVER_URL: "https://x@github.com" }, hosts: [] },
  { name: "an IP address", env: { GITHUB_SERVER_URL: "https://10.0.0.5" }, hosts: [] },
  { name: "no address at all", env: { GH_HOST: "my github" }, hosts: [] },
];

test.each(GITHUBS)("GITHUB_TOKEN with $name", ({ env, hosts }) => {
  expect(hostsOf(env)).toEqual(hosts);
});

test("the codespace's secrets file may name the GitHub as well", () => {
  const file = { GITHUB_TOKEN: TOKEN, GITHUB_SERVER_URL: "https://octocorp.ghe.com" };
  const options = { registries: new Map(), githubToken: "auto" } as const;
  const { requests } = discover({ CODESPACES: "true" }, options, file);
  expect(requests.map(({ registry }) => registry.host)).toEqual(["containers.octocorp.ghe.com"]);
});

test("a secret set for the registry of the Enterprise Server that is named is of the kind ghcr", () => {
  const set = secrets("A", "containers.github.example.com", "bob", "pass-word");
  const kindOf = (env: Environment) =>
    discover({ ...set, ...env }, { registries: new Map() }).requests[0]?.registry.kind;
  expect([kindOf({ GH_HOST: "github.example.com" }), kindOf({ GH_HOST: "other.example.com" }), kindOf({})]).toEqual([
    "ghcr",
    "generic",
    "generic",
  ]);
});

describe("a login that is saved with GITHUB_TOKEN", () => {
  test.each<[string, Environment, Environment, boolean]>([
    ["ghcr.io", {}, {}, true],
    ["ghcr.io", { GITHUB_SERVER_URL: "https://github.com" }, {}, true],
    ["ghcr.io", { GITHUB_SERVER_URL: "https://github.example.com" }, {}, false],
    ["ghcr.io", { GH_HOST: "octocorp.ghe.com" }, {}, false],
    ["ghcr.io", { GH_HOST: "not a host" }, {}, false],
    ["containers.github.example.com", { GH_HOST: "github.example.com" }, {}, true],
    ["containers.github.example.com", {}, {}, false],
    ["npm.octocorp.ghe.com", { GH_HOST: "octocorp.ghe.com" }, {}, true],
    // `sudo docker` in a codespace has lost all variables.
    ["containers.octocorp.ghe.com", { GITHUB_TOKEN: "" }, { GITHUB_TOKEN: TOKEN }, true],
  ])("for %s, where the environment is %j and the file %j: %s", (host, env, file, isRight) => {
    const found = readGithubTokenFor(host, { GITHUB_TOKEN: TOKEN, ...env }, file);
    expect(found?.token ?? null).toBe(isRight ? TOKEN : null);
  });

  test("is not answered by the helper with the token of a different GitHub", async () => {
    const home = makeHome();
    const env = { CODESPACES: "true", GITHUB_TOKEN: "ghs_of-github-com" };
    await logIn(home.context(env), { verify: "false" });
    expect(await getFor(home.context(env), "ghcr.io")).toMatchObject({ secret: "ghs_of-github-com" });
    const other = { ...env, GITHUB_TOKEN: TOKEN, GITHUB_SERVER_URL: "https://github.example.com" };
    await expectHelperFailure(home.context(other), "ghcr.io", /GITHUB_TOKEN/);
  });
});

test.each([
  ["ghcr.io", "https://api.github.com/"],
  ["containers.octocorp.ghe.com", "https://api.octocorp.ghe.com/"],
  ["containers.github.example.com", "https://github.example.com/api/v3/"],
])("the scopes of a token for %s are read at %s", async (host, api) => {
  const asked: [URL, Ask][] = [];
  const send: Send = async (url, ask) => {
    asked.push([url, ask]);
    throw new Error("no network");
  };
  await readScopes(host, TOKEN, send);
  expect(asked.map(([url]) => url.href)).toEqual([api]);
});

test.each<[Environment, object]>([
  [
    { GH_HOST: "github.example.com", GH_ENTERPRISE_TOKEN: "first", GITHUB_ENTERPRISE_TOKEN: "second" },
    { token: "first" },
  ],
  [{ GH_HOST: "github.example.com", GITHUB_ENTERPRISE_TOKEN: "second" }, { token: "second" }],
  [{ GH_HOST: "github.example.com", GH_TOKEN: "of-github-com" }, { code: "gh-missing" }],
  [{ GH_HOST: "octocorp.ghe.com", GH_TOKEN: "of-octocorp" }, { token: "of-octocorp" }],
  [{ GH_HOST: "a b", GH_TOKEN: "of-nobody" }, { code: "gh-host" }],
])("without gh, %j gives %j", async (env, expected) => {
  expect(await readGithubCliToken({ PATH: "", ...env }, "linux")).toMatchObject(expected);
});
