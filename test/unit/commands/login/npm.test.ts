import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Environment } from "../../../../src/platform/environment.ts";

import { startConnectProxy } from "../../../support/connect-proxy.ts";
import type { Ran } from "../../../support/shell.ts";
import { type LoginAnswer, logIn, logOut, makeHome, secrets } from "../../../support/temp-home.ts";
import { type NpmRegistry, npm, startNpmRegistry } from "../../../support/verdaccio.ts";

const HOST = "npm.pkg.github.com";
const PACKAGE = "@acme/secret";
const SCOPE = `@acme:registry=https://${HOST}/\n`;

let registry: NpmRegistry;

beforeAll(async () => {
  registry = await startNpmRegistry(HOST, PACKAGE);
}, 60_000);

afterAll(async () => {
  await registry?.close();
});

interface Person {
  readonly npmrc: string;
  /** `npm config set`, which writes .npmrc anew. */
  set(setting: string): Promise<Ran>;
  logIn(env: Environment, options?: Readonly<Record<string, string>>): Promise<LoginAnswer>;
  logOut(): Promise<void>;
  /** `npm view` of the private package, with these variables. */
  view(env?: Readonly<Record<string, string>>): Promise<Ran>;
}

/** Somebody for whom the registry answers under GitHub's name. */
async function makePerson(): Promise<Person> {
  const home = makeHome();
  const proxy = await startConnectProxy(registry.port);
  // The variables of this process may exclude hosts from the proxy.
  const proxies = { HTTPS_PROXY: `http://${proxy.host}`, NO_PROXY: "", no_proxy: "" };
  const npmrc = join(home.folder, ".npmrc");
  writeFileSync(npmrc, SCOPE);
  return {
    npmrc,
    logIn: (env, options) => logIn(home.context({ SSL_CERT_FILE: registry.certFile, ...proxies, ...env }), options),
    logOut: () => logOut(home.context(), HOST),
    set: (setting) => npm(["config", "set", "--location=user", setting], { HOME: home.folder }, home.folder),
    view: (env = {}) =>
      npm(
        ["view", PACKAGE, "version", "--cafile", registry.certFile],
        { HOME: home.folder, ...proxies, ...env },
        home.folder,
      ),
  };
}

/** The codespace's token, for npm alone. */
const ONLY_NPM = { npm: "true", githubToken: "always", identifiers: "GITHUB_NPM" };

test("without a login npm does not see the private package", async () => {
  const { view } = await makePerson();
  const { exitCode, output } = await view();
  expect(exitCode).not.toBe(0);
  expect(output).toMatch(/E401|ENEEDAUTH|E403/);
});

test("with GITHUB_TOKEN npm sees it, and the token is not in the file", async () => {
  const { npmrc, logIn, view } = await makePerson();
  const GITHUB_TOKEN = registry.token;
  const { registries } = await logIn({ GITHUB_TOKEN }, ONLY_NPM);
  expect(registries).toMatchObject([{ identifier: "GITHUB_NPM", host: HOST, kind: "npm", outcome: "verified" }]);
  expect(readFileSync(npmrc, "utf8")).not.toContain(registry.token);
  expect(await view({ GITHUB_TOKEN })).toMatchObject({ exitCode: 0, stdout: "1.2.3\n" });
});

test("with a secret set npm sees it in any shell, until a logout", async () => {
  const { npmrc, logIn, logOut, view } = await makePerson();
  const { registries } = await logIn(secrets("NPM", HOST, "mona", registry.token));
  expect(registries).toMatchObject([{ identifier: "NPM", kind: "npm", outcome: "verified" }]);
  expect(await view()).toMatchObject({ exitCode: 0, stdout: "1.2.3\n" });
  await logOut();
  expect(readFileSync(npmrc, "utf8")).toBe(SCOPE);
});

test("a token that the registry rejects is not written to .npmrc", async () => {
  const { npmrc, logIn } = await makePerson();
  const { registries } = await logIn(secrets("NPM", HOST, "mona", "ghp_refused-0123456789"));
  expect(registries).toMatchObject([
    { outcome: "refused", code: "npm-token-unknown", hint: expect.stringContaining("NPM_CONTAINER_REGISTRY_PASSWORD") },
  ]);
  expect(existsSync(npmrc) && readFileSync(npmrc, "utf8")).toBe(SCOPE);
});

test("npm config set, which rewrites .npmrc, keeps our line, and it can still be removed", async () => {
  const { npmrc, set, logIn, logOut, view } = await makePerson();
  await logIn(secrets("NPM", HOST, "mona", registry.token));
  expect((await set("fund=false")).exitCode).toBe(0);
  const rewritten = readFileSync(npmrc, "utf8");
  expect(await view()).toMatchObject({ exitCode: 0, stdout: "1.2.3\n" });
  await logIn(secrets("NPM", HOST, "mona", registry.token));
  expect(readFileSync(npmrc, "utf8")).toBe(rewritten);
  await logOut();
  const own = rewritten.split("\n").filter((line) => !line.includes("_authToken"));
  expect(readFileSync(npmrc, "utf8").split("\n")).toEqual(own);
  expect(own).toContain("fund=false");
});

test("npm config set between two logins with GITHUB_TOKEN keeps the reference to it", async () => {
  const { npmrc, set, logIn, view } = await makePerson();
  const GITHUB_TOKEN = registry.token;
  await logIn({ GITHUB_TOKEN }, ONLY_NPM);
  expect((await set("fund=false")).exitCode).toBe(0);
  expect(readFileSync(npmrc, "utf8")).not.toContain(registry.token);
  const { registries } = await logIn({ GITHUB_TOKEN }, ONLY_NPM);
  expect(registries).toMatchObject([{ code: null, hint: "" }]);
  expect(await view({ GITHUB_TOKEN })).toMatchObject({ exitCode: 0, stdout: "1.2.3\n" });
});
