import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { credentialHelper } from "../../../../src/commands/credential-helper/credential-helper.ts";
import { getFor } from "../../../support/helper.ts";
import { filesBelow, logIn, logOut, makeHome, secrets } from "../../../support/temp-home.ts";

const OFF = { verify: "false" };
const TOKEN = { GITHUB_USER: "mona", GITHUB_TOKEN: "ghs_of-this-start" };
const NPM = secrets("NPM", "npm.pkg.github.com", "mona", "ghp_npmtoken");

test("`docker login ghcr.io` stores no GitHub token", async () => {
  const home = makeHome();
  writeFileSync(home.optionsFile, "storage=disk\ngithubToken=always\n");
  const context = home.context(TOKEN);
  await logIn(context, OFF);
  const { stdout } = await credentialHelper(context, ["get"], async () => "ghcr.io");
  await credentialHelper(context, ["store"], async () => stdout);
  const texts = filesBelow(home.folder).map((file) => readFileSync(file, "utf8"));
  expect(texts.filter((text) => text.includes(TOKEN.GITHUB_TOKEN))).toEqual([]);
});

test.each([
  ["a shell without GITHUB_TOKEN", { githubToken: "always" }, {}],
  ["a shell of a codespace that lacks even CODESPACES", {}, { CODESPACES: "true" }],
])("%s keeps the login that reads it", async (_, given, codespace) => {
  const home = makeHome();
  const options = { ...OFF, ...given };
  await logIn(home.context({ ...TOKEN, ...codespace }), options);
  const { registries } = await logIn(home.context(), options);
  expect(registries).toMatchObject([{ identifier: "GITHUB", outcome: "unchanged" }]);
  expect(home.readConfig()).toEqual({ credHelpers: { "ghcr.io": "registry-login" } });
});

test("an identifier that the options exclude keeps the login that it has", async () => {
  const home = makeHome();
  const env = secrets("BAR", "quay.io", "bob", "bar-password");
  await logIn(home.context(env), OFF);
  const { registries } = await logIn(home.context(env), { ...OFF, identifiers: "FOO, " });
  expect(registries).toMatchObject([{ identifier: "BAR", host: "quay.io", outcome: "unchanged" }]);
  expect(await getFor(home.context(env), "quay.io")).toMatchObject({ secret: "bar-password" });
});

test("a token in .npmrc is removed by a logout that finds config.json broken", async () => {
  const home = makeHome();
  const npmrc = join(home.folder, ".npmrc");
  const other = secrets("A", "quay.io", "bob", "a-password");
  await logIn(home.context({ ...NPM, ...other }), OFF);
  expect(readFileSync(npmrc, "utf8")).toContain("ghp_npmtoken");
  writeFileSync(home.config, "{ broken");
  await logOut(home.context(), "npm.pkg.github.com");
  expect(existsSync(npmrc)).toBe(false);
});

test("in a codespace npm's line refers to the secret, even if the option names the server", async () => {
  const home = makeHome();
  const { NPM_CONTAINER_REGISTRY_SERVER: server, ...rest } = NPM;
  await logIn(home.context({ ...rest, CODESPACES: "true" }), { ...OFF, registries: `NPM=${server}` });
  expect(readFileSync(join(home.folder, ".npmrc"), "utf8")).toContain(`\${NPM_CONTAINER_REGISTRY_PASSWORD}`);
});

test("a login saved by an older version is still served", async () => {
  const home = makeHome();
  await logIn(home.context(secrets("A", "quay.io", "bob", "a-password")), { ...OFF, storage: "disk" });
  const file = filesBelow(home.folder).find((each) => each.endsWith("quay.io.json")) ?? "";
  const { aws, githubToken, ...older } = JSON.parse(readFileSync(file, "utf8"));
  writeFileSync(file, JSON.stringify(older));
  const { stdout } = await credentialHelper(home.context(), ["get"], async () => "quay.io");
  expect(JSON.parse(stdout)).toMatchObject({ Secret: "a-password" });
  expect(existsSync(home.config)).toBe(true);
});

test("erasing a login by GITHUB_TOKEN says why it is kept", async () => {
  const home = makeHome();
  await logIn(home.context(TOKEN), { ...OFF, githubToken: "always" });
  const { stdout, stderr, exitCode } = await credentialHelper(home.context(), ["erase"], async () => "ghcr.io");
  expect([stdout, exitCode]).toEqual(["", 0]);
  expect(stderr).toBe(
    "registry-login: ghcr.io is still logged in because GITHUB_TOKEN is set; run registry-login logout ghcr.io to log out until the next login\n",
  );
});
