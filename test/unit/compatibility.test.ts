import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { runLine } from "../support/command-line.ts";
import { authOf } from "../support/encoding.ts";
import { getFor } from "../support/helper.ts";
import { startLocalRegistry } from "../support/local-registry.ts";
import { filesBelow, makeHome, secrets } from "../support/temp-home.ts";
import { fillHome, unpackVersion1 } from "../support/version1.ts";

// People update the Feature while its logins are in use, and go back where something is wrong.

const PASSWORD = "Hunter2-Hunter2";
const OTHERS = '{"auths":{"others.example":{"auth":"eDp5"}},"HttpHeaders":{"X":"1"}}\n';
const STORAGES = ["disk", "plaintext", "memory"];

describe.each(STORAGES)("what version 1.0.0 wrote with storage %s", (storage) => {
  async function olderHome() {
    const host = await startLocalRegistry(PASSWORD);
    const other = host.replace("localhost", "127.0.0.1");
    const home = makeHome();
    fillHome(home, storage, host, other);
    return { home, host, other };
  }

  test("is shown by status, with the login that its registry rejected", async () => {
    const { home, host, other } = await olderHome();
    const { logins } = JSON.parse((await runLine(home, ["status", "--json"])).stdout);
    expect(logins).toMatchObject([
      { identifier: "WRONG", host: other, storage: "none", verified: false },
      { identifier: "ACME", host, storage, verified: true },
    ]);
  });

  test("is what docker gets, from its configuration or from the credential helper that this names", async () => {
    const { home, host, other } = await olderHome();
    const login = authOf("bob", PASSWORD);
    const { auths, credHelpers = {} } = home.readConfig() ?? {};
    const { user, secret } = await getFor(home.context(), host);
    const ofHelper = host in credHelpers ? authOf(`${user}`, `${secret}`) : undefined;
    const ofConfig = (auths?.[host] as { auth: string } | undefined)?.auth;
    expect(ofHelper ?? ofConfig).toBe(login);
    expect((await getFor(home.context(), other)).exitCode).toBe(1);
  });

  test("stays in use after a login that does not have the secrets any more", async () => {
    const { home, host } = await olderHome();
    const before = home.readConfig();
    expect((await runLine(home, ["login", "--storage", storage])).exitCode).toBe(0);
    expect(home.readConfig()?.auths).toEqual(before?.auths);
    expect(home.readConfig()?.credHelpers?.[host]).toEqual(before?.credHelpers?.[host]);
  });

  test("is removed by logout, and config.json is what it was before version 1.0.0, to the byte", async () => {
    const { home } = await olderHome();
    expect((await runLine(home, ["logout", "--all"])).exitCode).toBe(0);
    expect(filesBelow(home.folder)).toEqual([home.config]);
    expect(readFileSync(home.config, "utf8")).toBe(OTHERS);
    expect(filesBelow(home.memory)).toEqual([]);
  });
});

describe.each(["disk", "plaintext"])("what this version writes with storage %s", (storage) => {
  async function newerHome() {
    const host = await startLocalRegistry(PASSWORD);
    const home = makeHome();
    home.writeConfig(OTHERS);
    const variables = secrets("ACME", host, "bob", PASSWORD);
    expect((await runLine(home, ["login", "--storage", storage], variables)).exitCode).toBe(0);
    return { home, host, variables, env: { HOME: home.folder }, older: unpackVersion1() };
  }

  test("is shown and handed out by version 1.0.0", async () => {
    const { home, host, env, older } = await newerHome();
    const { logins } = JSON.parse((await older.command(["status", "--json"], env)).stdout);
    expect(logins).toMatchObject([{ identifier: "ACME", host, storage, verified: true }]);
    if (storage === "plaintext") expect(home.readConfig()?.auths).toHaveProperty([host]);
    else expect(JSON.parse((await older.helper("get", env, host)).stdout)).toMatchObject({ Secret: PASSWORD });
  });

  test("does not keep version 1.0.0 from logging in again, and this version from the logins after that", async () => {
    const { home, host, variables, env, older } = await newerHome();
    const again = await older.command(["login", "--storage", storage], { ...env, ...variables });
    expect(again).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("1 of 1 registry ready") });
    const { logins } = JSON.parse((await runLine(home, ["status", "--json"])).stdout);
    expect(logins).toMatchObject([{ identifier: "ACME", host, storage, verified: true }]);
    expect((await runLine(home, ["logout", "--all"])).exitCode).toBe(0);
    expect(readFileSync(home.config, "utf8")).toBe(OTHERS);
  });
});
