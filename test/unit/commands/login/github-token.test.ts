import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { login } from "../../../../src/commands/login/login.ts";
import { writeEnvSecrets } from "../../../support/codespace.ts";
import { expectHelperFailure, getFor } from "../../../support/helper.ts";
import { leaks } from "../../../support/leaks.ts";
import { GHCR, type GithubTokens, startNamedRegistries } from "../../../support/named-registries.ts";
import { filesBelow, logIn, makeHome, secrets, type TempHome } from "../../../support/temp-home.ts";

const TOKEN = "ghu_abcdefghijklmnopqrstuvwxyz0123456789";
const CODESPACE = { CODESPACES: "true", GITHUB_USER: "mona", GITHUB_TOKEN: TOKEN };
const OFFLINE = { verify: "false" };

/** ghcr.io and api.github.com under their real names, for one token. */
function startGithub(tokens: GithubTokens = { [TOKEN]: null }) {
  return startNamedRegistries([{ ...GHCR, accepts: { user: "mona", password: TOKEN } }], tokens);
}

/** The forms of the token that stand in any file of the home folder or the memory vault. */
function written(home: TempHome): string[] {
  const files = [...filesBelow(home.folder), ...filesBelow(home.memory)].filter(
    (file) => !file.endsWith("env-secrets"),
  );
  expect(files).not.toEqual([]);
  return files.flatMap((file) => leaks(readFileSync(file, "utf8"), "mona", TOKEN));
}

test.each(["memory", "disk", "plaintext"])("with storage %s the token is served and is in no file", async (storage) => {
  const home = makeHome();
  const { env } = await startGithub();
  const context = home.context({ ...env, ...CODESPACE });
  const { registries } = await logIn(context, { storage, npm: "true" });
  expect(registries[0]).toMatchObject({ identifier: "GITHUB", host: "ghcr.io", kind: "ghcr", outcome: "verified" });
  expect(home.readConfig()).toEqual({ credHelpers: { "ghcr.io": "registry-login" } });
  expect(await getFor(context, "ghcr.io")).toMatchObject({ user: "mona", secret: TOKEN });
  expect(written(home)).toEqual([]);
});

test("a codespace with the token only in its secrets file", async () => {
  const home = makeHome();
  const { env } = await startGithub();
  writeEnvSecrets(home, { GITHUB_TOKEN: TOKEN, GITHUB_USER: "mona" });
  const context = home.context({ ...env, CODESPACES: "true" });
  expect((await logIn(context)).registries).toMatchObject([{ outcome: "verified" }]);
  expect(await getFor(context, "ghcr.io")).toMatchObject({ user: "mona", secret: TOKEN });
  expect(written(home)).toEqual([]);
});

describe("the token is read when a client asks", () => {
  test("from the environment at that time", async () => {
    const home = makeHome();
    await logIn(home.context(CODESPACE), OFFLINE);
    const later = home.context({ ...CODESPACE, GITHUB_TOKEN: "ghu_of-the-next-start" });
    expect((await getFor(later, "ghcr.io")).secret).toBe("ghu_of-the-next-start");
  });

  test("otherwise from the secrets file at that time", async () => {
    const home = makeHome();
    await logIn(home.context(CODESPACE), OFFLINE);
    writeEnvSecrets(home, { GITHUB_TOKEN: "ghu_of-the-file" });
    expect((await getFor(home.context(), "ghcr.io")).secret).toBe("ghu_of-the-file");
    expect((await getFor(home.context({ GITHUB_TOKEN: "" }), "ghcr.io")).secret).toBe("ghu_of-the-file");
    expect((await getFor(home.context(CODESPACE), "ghcr.io")).secret).toBe(TOKEN);
  });

  test("without the token in either, the client prints that", async () => {
    const home = makeHome();
    await logIn(home.context(CODESPACE), OFFLINE);
    await expectHelperFailure(home.context(), "ghcr.io", /^registry-login: ghcr\.io: .*GITHUB_TOKEN/);
  });
});

describe("the report names the permissions of the token", () => {
  test.each<[string | null, string]>([
    [null, "pull only"],
    ["", "pull only"],
    ["repo, read:packages", "pull only"],
    ["repo, write:packages", "pull and push"],
    ["write:packages,delete:packages", "pull and push"],
  ])("with the scopes %j: %s", async (scopes, rights) => {
    const { env } = await startGithub({ [TOKEN]: scopes });
    const context = makeHome().context({ ...env, ...CODESPACE });
    const { stdout } = await login(context, { options: {}, json: false, onlyChanged: false });
    expect(stdout).toMatch(/GITHUB +verified +ghcr\.io +as mona, GITHUB_TOKEN read at each pull/);
    expect(stdout).toContain(`(${rights})`);
  });

  test("pull only if GitHub does not report scopes", async () => {
    const { env } = await startGithub({});
    const { registries } = await logIn(makeHome().context({ ...env, ...CODESPACE }));
    expect(registries).toMatchObject([{ outcome: "verified", detail: expect.stringContaining("pull only") }]);
  });

  test("not for a secret set", async () => {
    const { env } = await startGithub();
    const context = makeHome().context({ ...env, ...secrets("GHCR", "ghcr.io", "mona", TOKEN) });
    expect((await logIn(context)).registries).toMatchObject([{ detail: expect.not.stringContaining("pull only") }]);
  });
});

describe("a token of the GitHub CLI", () => {
  const GH_TOKEN = "gho_abcdefghijklmnopqrstuvwxyz0123456789";
  const REFRESH = /gh auth refresh --hostname github.com --scopes read:packages/;

  function logInWith(accepted: string, scopes: string) {
    const registries = [{ ...GHCR, accepts: { user: "mona", password: accepted } }];
    return startNamedRegistries(registries, { [GH_TOKEN]: scopes }).then(({ env }) =>
      logIn(makeHome().context({ ...env, GITHUB_USER: "mona", GITHUB_TOKEN: GH_TOKEN }), { githubToken: "gh" }),
    );
  }

  test.each([
    ["gist, read:org, repo", "gh-scope-missing"],
    ["repo, read:packages", null],
    ["write:packages", null],
    ["", null],
  ])("with the scopes %j: %s", async (scopes, code) => {
    const { registries } = await logInWith(GH_TOKEN, scopes);
    expect(registries).toMatchObject([{ outcome: "verified", code }]);
    if (code !== null) expect(registries).toMatchObject([{ hint: expect.stringMatching(REFRESH) }]);
  });

  test("that is rejected is refreshed by gh", async () => {
    const { registries } = await logInWith("gho_a-different-one", "read:packages");
    expect(registries).toMatchObject([
      { outcome: "refused", code: "gh-token-refused", hint: expect.stringMatching(REFRESH) },
    ]);
  });
});

test("a rejected token is replaced at the next start", async () => {
  const { env } = await startGithub();
  const home = makeHome();
  const { registries } = await logIn(home.context({ ...env, ...CODESPACE, GITHUB_TOKEN: "ghu_of-the-last-start" }));
  expect(registries).toMatchObject([{ outcome: "refused", hint: expect.stringMatching(/new GITHUB_TOKEN/) }]);
  await expectHelperFailure(home.context(), "ghcr.io", /new GITHUB_TOKEN/);
});

test("clients get the secret set for ghcr.io, even in a codespace", async () => {
  const home = makeHome();
  const context = home.context({ ...CODESPACE, ...secrets("GHCR", "ghcr.io", "publisher", "ghp_classic-token") });
  await logIn(context, OFFLINE);
  expect(await getFor(context, "ghcr.io")).toMatchObject({ user: "publisher", secret: "ghp_classic-token" });
});

test("a login with the token is removed when the option says never", async () => {
  const home = makeHome();
  await logIn(home.context(CODESPACE), { ...OFFLINE, githubToken: "always" });
  await logIn(home.context(CODESPACE), { ...OFFLINE, githubToken: "never" });
  expect(home.readConfig()?.credHelpers ?? {}).toEqual({});
  expect((await getFor(home.context(CODESPACE), "ghcr.io")).secret).toBeNull();
});

test("a shell with only the token keeps the other logins", async () => {
  const home = makeHome();
  await logIn(home.context({ ...CODESPACE, ...secrets("ACR", "a.azurecr.io", "bob", "pass-word") }), OFFLINE);
  await logIn(home.context(CODESPACE), OFFLINE);
  expect((await getFor(home.context(), "a.azurecr.io")).secret).toBe("pass-word");
});
