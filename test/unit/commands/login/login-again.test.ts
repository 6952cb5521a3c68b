import { chmodSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { login } from "../../../../src/commands/login/login.ts";
import { status } from "../../../../src/commands/status/status.ts";
import { writeEnvSecrets } from "../../../support/codespace.ts";
import { startEmbeddedRegistry } from "../../../support/embedded-registry.ts";
import { expectHelperFailure, getFor } from "../../../support/helper.ts";
import { startLocalRegistry } from "../../../support/local-registry.ts";
import { answer, startDownRegistry, startServer } from "../../../support/misbehaving-server.ts";
import {
  entriesBelow,
  filesBelow,
  logIn,
  logOut,
  makeHome,
  secrets,
  type TempHome,
  writtenFiles,
} from "../../../support/temp-home.ts";

const PASSWORD = "right-password";

/** Where the memory vault of a home folder is, as its bookkeeping says. */
function vaultOf(home: TempHome): string {
  const state = filesBelow(home.folder).find((file) => file.endsWith("state.json")) ?? "";
  return JSON.parse(readFileSync(state, "utf8")).memory;
}

const NOON = Date.UTC(2026, 0, 1, 12);

test.each(["memory", "disk", "plaintext"])("a second run writes nothing, with storage %s", async (storage) => {
  const home = makeHome();
  const now = () => NOON;
  const down = await startDownRegistry();
  const env = {
    ...secrets("A", await startLocalRegistry(PASSWORD), "bob", PASSWORD),
    ...secrets("B", down, "bob", PASSWORD),
  };
  const first = await logIn({ ...home.context(env), now }, { storage });
  const files = [writtenFiles(home.folder), writtenFiles(home.memory)];
  const second = await logIn({ ...home.context(env), now }, { storage });
  expect([writtenFiles(home.folder), writtenFiles(home.memory)]).toEqual(files);
  expect(first.registries).toMatchObject([{ outcome: "verified" }, { outcome: "unreachable" }]);
  expect(second.registries).toMatchObject([{ outcome: "unchanged" }, { outcome: "unreachable" }]);
});

/** When each registry said yes the last time, as the bookkeeping has it. */
function verifiedAt(home: TempHome): unknown[] {
  const state = filesBelow(home.folder).find((file) => file.endsWith("state.json")) ?? "";
  return JSON.parse(readFileSync(state, "utf8")).registered.map((row: Record<string, unknown>) => row.verifiedAt);
}

describe("the time of the last verification", () => {
  test("is when the registry was last checked, and nothing else is written for it", async () => {
    const home = makeHome();
    const env = secrets("A", await startLocalRegistry(PASSWORD), "bob", PASSWORD);
    const at = (hours: number) => ({ ...home.context(env), now: () => NOON + hours * 3_600_000 });
    await logIn(at(0));
    const vault = writtenFiles(home.memory);
    const config = writtenFiles(dirname(home.config));
    expect(verifiedAt(home)).toEqual([NOON / 1000]);
    expect((await logIn(at(1))).registries).toMatchObject([{ outcome: "unchanged" }]);
    expect(verifiedAt(home)).toEqual([NOON / 1000 + 3600]);
    expect([writtenFiles(home.memory), writtenFiles(dirname(home.config))]).toEqual([vault, config]);
  });

  test("is unchanged if the registry was not checked or did not answer", async () => {
    const home = makeHome();
    const started = await startEmbeddedRegistry({ auth: "basic", user: "bob", password: PASSWORD });
    const env = secrets("A", `http://${started.host}`, "bob", PASSWORD);
    const later = () => ({ ...home.context(env), now: () => NOON + 3_600_000 });
    await logIn({ ...home.context(env), now: () => NOON });
    await login(later(), { options: {}, json: true, onlyChanged: true });
    await logIn(later(), { verify: "false" });
    await logIn({ ...later(), env: { HOME: home.folder } });
    await started.close();
    await logIn(later());
    expect(verifiedAt(home)).toEqual([NOON / 1000]);
  });

  test("is missing for a new password that was not checked", async () => {
    const home = makeHome();
    const host = await startLocalRegistry(PASSWORD);
    await logIn(home.context(secrets("A", host, "bob", PASSWORD)));
    await logIn(home.context(secrets("A", host, "bob", "new-password")), { verify: "false" });
    expect(verifiedAt(home)).toEqual([null]);
  });

  test("is missing for a login of an older version, which is used anyway", async () => {
    const home = makeHome();
    const env = secrets("A", await startLocalRegistry(PASSWORD), "bob", PASSWORD);
    await logIn(home.context(env));
    const state = filesBelow(home.folder).find((file) => file.endsWith("state.json")) ?? "";
    const text = readFileSync(state, "utf8").replace(/\s*"verifiedAt": [0-9]+,?/, "");
    writeFileSync(state, text.replace('"verified": true,', '"verified": true'));
    const { stdout } = await login(home.context(env), { options: {}, json: true, onlyChanged: true });
    expect(JSON.parse(stdout).registries).toMatchObject([{ outcome: "unchanged" }]);
    expect(readFileSync(state, "utf8")).not.toContain("verifiedAt");
  });
});

test("with onlyChanged a verified credential is not checked again, a new one is", async () => {
  const home = makeHome();
  const server = await startServer((response) => answer(response, 200));
  const flags = { options: {}, json: true, onlyChanged: true };
  await login(home.context(secrets("A", server.host, "bob", PASSWORD)), flags);
  const asked = server.seen.length;
  await login(home.context(secrets("A", server.host, "bob", PASSWORD)), flags);
  expect(server.seen).toHaveLength(asked);
  await login(home.context(secrets("A", server.host, "bob", "new-password")), flags);
  expect(server.seen.length).toBeGreaterThan(asked);
});

test("an identifier that moved to a different host keeps the login at the old one", async () => {
  const home = makeHome();
  const [before, after] = [await startLocalRegistry(PASSWORD), await startLocalRegistry(PASSWORD)];
  await logIn(home.context(secrets("A", before, "bob", PASSWORD)));
  await logIn(home.context(secrets("A", after, "bob", PASSWORD)));
  expect(home.readConfig()).toEqual({ credHelpers: { [before]: "registry-login", [after]: "registry-login" } });
  expect(entriesBelow(home.memory)).toHaveLength(2);
});

test.each(["memory", "disk", "plaintext"])(
  "a wrong password does not replace the one that works, with storage %s",
  async (storage) => {
    const home = makeHome();
    const host = await startLocalRegistry(PASSWORD);
    await logIn(home.context(secrets("A", host, "bob", PASSWORD)), { storage });
    const files = [writtenFiles(dirname(home.config)), writtenFiles(home.memory)];
    const { registries } = await logIn(home.context(secrets("B", host, "bob", "wrong-password")), { storage });
    expect(registries).toMatchObject([
      {
        identifier: "B",
        outcome: "unchanged",
        code: "new-login-rejected",
        detail: expect.stringMatching(/saved for A$/),
      },
    ]);
    expect([writtenFiles(dirname(home.config)), writtenFiles(home.memory)]).toEqual(files);
  },
);

test("a password that could not be checked does not replace one that was accepted", async () => {
  const home = makeHome();
  const started = await startEmbeddedRegistry({ auth: "basic", user: "bob", password: PASSWORD });
  const server = `http://${started.host}`;
  await logIn(home.context(secrets("A", server, "bob", PASSWORD)));
  await started.close();
  const { registries } = await logIn(home.context(secrets("A", server, "bob", "new-password")));
  expect(registries).toMatchObject([{ outcome: "unchanged", code: "new-login-unchecked" }]);
  expect(await getFor(home.context(), started.host)).toMatchObject({ secret: PASSWORD });
});

test.each([
  ["a part of its secrets", { A_CONTAINER_REGISTRY_USER: "bob" }],
  ["a server that cannot be one", secrets("A", "not a host", "bob", "x")],
  ["only the secrets of another registry", secrets("B", "quay.io", "bob", "b-password")],
  ["other options", { CONTAINER_REGISTRY_USER: "bob" }],
])("a shell with %s leaves the login in use", async (_, env) => {
  const home = makeHome();
  const host = await startLocalRegistry(PASSWORD);
  await logIn(home.context(secrets("A", host, "bob", PASSWORD)));
  await logIn(home.context(env), { verify: "false" });
  expect(await getFor(home.context(), host)).toMatchObject({ user: "bob", secret: PASSWORD });
});

test("a password that is revoked and set again removes the credential, and clients print the cause", async () => {
  const home = makeHome();
  const host = await startLocalRegistry(PASSWORD);
  home.writeConfig('{"auths":{"quay.io":{"auth":"eDp5"}}}');
  await logIn(home.context(secrets("A", host, "bob", "revoked-password")), { verify: "false" });
  const { registries } = await logIn(home.context(secrets("A", host, "bob", "wrong-password")));
  expect(registries).toMatchObject([{ outcome: "refused" }]);
  expect(home.readConfig()).toEqual({
    auths: { "quay.io": { auth: "eDp5" } },
    credHelpers: { [host]: "registry-login" },
  });
  await expectHelperFailure(home.context(), host, /401/);
  expect(filesBelow(home.memory)).toEqual([]);
});

test("a new password replaces the old one", async () => {
  const home = makeHome();
  await logIn(home.context(secrets("A", "localhost:1", "bob", "old-password")), { verify: "false" });
  await logIn(home.context(secrets("A", "localhost:1", "bob", "new-password")), { verify: "false" });
  const texts = entriesBelow(home.memory).map((file) => readFileSync(file, "utf8"));
  expect(texts).toEqual([expect.stringContaining("new-password")]);
});

test("for a user of sudo, who may have set the proxy, a saved secret is not sent, and stays", async () => {
  const home = makeHome();
  const seen: string[] = [];
  const { host } = await startServer((response, _, { headers }) => {
    const password = Buffer.from(headers.authorization?.split(" ")[1] ?? "", "base64")
      .toString()
      .split(":")[1];
    if (password !== undefined) seen.push(password);
    answer(response, password === PASSWORD ? 200 : 401, { "www-authenticate": "Basic" });
  });
  await logIn(home.context(secrets("A", host, "bob", PASSWORD)));
  seen.length = 0;
  const { registries } = await logIn({ ...home.context(secrets("A", host, "bob", "guessed-one")), onBehalfOf: 1000 });
  expect(registries).toMatchObject([{ outcome: "unchanged", code: "new-login-rejected" }]);
  expect(new Set(seen)).toEqual(new Set(["guessed-one"]));
  expect(await getFor(home.context(), host)).toMatchObject({ secret: PASSWORD });
});

test("a registry that is down now keeps the login that worked before", async () => {
  const home = makeHome();
  const started = await startEmbeddedRegistry({ auth: "basic", user: "bob", password: PASSWORD });
  const env = secrets("A", `http://${started.host}`, "bob", PASSWORD);
  await logIn(home.context(env));
  await started.close();
  expect((await logIn(home.context(env))).registries).toMatchObject([{ outcome: "unreachable" }]);
  expect(home.readConfig()).toEqual({ credHelpers: { [started.host]: "registry-login" } });
});

test.each([
  ["the same password", PASSWORD],
  ["a new password", "new-password"],
])("after a restart, %s of a registry that is down is saved and served", async (_, password) => {
  const home = makeHome();
  const started = await startEmbeddedRegistry({ auth: "basic", user: "bob", password: PASSWORD });
  const server = `http://${started.host}`;
  await logIn(home.context(secrets("A", server, "bob", PASSWORD)));
  rmSync(vaultOf(home), { recursive: true });
  await started.close();
  const { registries } = await logIn(home.context(secrets("A", server, "bob", password)));
  expect(registries).toMatchObject([{ outcome: "unreachable" }]);
  expect(await getFor(home.context(), started.host)).toMatchObject({ secret: password });
});

describe("a run without any secret", () => {
  test.each(["memory", "disk", "plaintext"])("keeps earlier logins, with storage %s", async (storage) => {
    const home = makeHome();
    const host = await startLocalRegistry(PASSWORD);
    await logIn(home.context(secrets("A", host, "bob", PASSWORD)), { storage });
    const files = [writtenFiles(home.folder), writtenFiles(home.memory)];
    const { registries, exitCode } = await logIn(home.context(), { strict: "true" });
    expect(registries).toMatchObject([{ identifier: "A", host, outcome: "unchanged" }]);
    expect([writtenFiles(home.folder), writtenFiles(home.memory), exitCode]).toEqual([...files, 0]);
  });

  test("reports a memory vault that was lost in a restart each time, and clients print the cause", async () => {
    const home = makeHome();
    const host = await startLocalRegistry(PASSWORD);
    home.writeConfig('{"credHelpers":{"quay.io":"other"}}');
    await logIn(home.context(secrets("A", host, "bob", PASSWORD)));
    rmSync(vaultOf(home), { recursive: true });
    for (let times = 0; times < 2; times++) {
      const { stdout } = await login(home.context(), { options: {}, json: false, onlyChanged: false });
      expect(stdout).toMatch(new RegExp(`A +failed +${host} .*lost when the container restarted`));
      await expectHelperFailure(home.context(), host, /lost when the container restarted/);
    }
    await logOut(home.context(), host);
    expect(home.readConfig()).toEqual({ credHelpers: { "quay.io": "other" } });
  });
});

test("after a restart the secrets create a new vault", async () => {
  const home = makeHome();
  const env = secrets("A", await startLocalRegistry(PASSWORD), "bob", PASSWORD);
  await logIn(home.context(env));
  rmSync(vaultOf(home), { recursive: true });
  expect((await logIn(home.context(env))).registries).toMatchObject([{ outcome: "verified" }]);
  expect(entriesBelow(vaultOf(home))).toHaveLength(1);
});

test("a memory vault that others can read is abandoned, and a new one is created", async () => {
  const home = makeHome();
  const env = secrets("A", await startLocalRegistry(PASSWORD), "bob", PASSWORD);
  await logIn(home.context(env));
  const before = vaultOf(home);
  chmodSync(before, 0o755);
  expect((await logIn(home.context(env))).registries).toMatchObject([{ outcome: "verified" }]);
  expect(vaultOf(home)).not.toBe(before);
});

test("a saved vault folder that is not in memory gets no secret", async () => {
  const home = makeHome();
  const env = secrets("A", await startLocalRegistry(PASSWORD), "bob", PASSWORD);
  await logIn(home.context(env));
  const state = filesBelow(home.folder).find((file) => file.endsWith("state.json")) ?? "";
  const onDisk = `${home.folder}/was-a-tmpfs/registry-login-0`;
  writeFileSync(state, readFileSync(state, "utf8").replace(vaultOf(home), onDisk));
  await logIn(home.context(env));
  const texts = filesBelow(home.folder).map((file) => readFileSync(file, "utf8"));
  expect(texts.filter((text) => text.includes(PASSWORD))).toEqual([]);
  expect(entriesBelow(vaultOf(home))).toHaveLength(1);
});

test("a state file that cannot be read counts as missing", async () => {
  const home = makeHome();
  const env = secrets("A", await startLocalRegistry(PASSWORD), "bob", PASSWORD);
  await logIn(home.context(env));
  const state = filesBelow(home.folder).find((file) => file.endsWith("state.json")) ?? "";
  writeFileSync(state, "{");
  expect((await logIn(home.context(env))).registries).toMatchObject([{ outcome: "verified" }]);
});

test("what a person wrote is byte for byte the same after a login and its removal", async () => {
  const home = makeHome();
  const own =
    '{\n    "auths": {"quay.io": {"auth": "eDp5"}},\n    "credHelpers": {"a.example": "b"},\n    "psFormat": "x"\n}\n';
  home.writeConfig(own);
  const host = await startLocalRegistry(PASSWORD);
  await logIn(home.context(secrets("A", host, "bob", PASSWORD)));
  expect(home.readConfig()).toHaveProperty(["credHelpers", host], "registry-login");
  await logOut(home.context(), host);
  expect(home.readConfig()).toEqual(JSON.parse(own));
  expect(readFileSync(home.config, "utf8")).toContain('{"quay.io": {"auth": "eDp5"}}');
});

describe("in a codespace", () => {
  const CODESPACE = { CODESPACES: "true" };
  const OFFLINE = { verify: "false" };
  const BOTH = {
    ...secrets("A", "a.azurecr.io", "bob", "a-password"),
    ...secrets("B", "quay.io", "bob", "b-password"),
  };

  test("a login whose secrets were taken from it is removed, and the report says so", async () => {
    const home = makeHome();
    writeEnvSecrets(home, BOTH);
    await logIn(home.context(CODESPACE), OFFLINE);
    writeEnvSecrets(home, secrets("B", "quay.io", "bob", "b-password"));
    const { stdout } = await login(home.context(CODESPACE), { options: OFFLINE, json: false, onlyChanged: false });
    expect(stdout).toContain("removed A (a.azurecr.io): no longer among the secrets of this codespace");
    expect(home.readConfig()).toEqual({ credHelpers: { "quay.io": "registry-login" } });
  });

  test("a login whose secrets were taken from it does not stay because a new one for its host is rejected", async () => {
    const home = makeHome();
    const host = await startLocalRegistry(PASSWORD);
    writeEnvSecrets(home, { ...secrets("A", host, "bob", PASSWORD), OTHER: "x" });
    await logIn(home.context(CODESPACE));
    writeEnvSecrets(home, { OTHER: "x" });
    const world = home.context({ ...CODESPACE, ...secrets("B", host, "bob", "wrong-password") });
    const { stdout } = await login(world, { options: {}, json: false, onlyChanged: false });
    expect(stdout).toContain(`removed A (${host}): no longer among the secrets of this codespace`);
    await expectHelperFailure(home.context(), host, /401/);
  });

  test("a hook does not check a credential again that moved from the environment to the secrets file", async () => {
    const home = makeHome();
    const registry = await startEmbeddedRegistry({ auth: "basic", user: "bob", password: PASSWORD });
    onTestFinished(registry.close);
    const set = secrets("A", registry.host, "bob", PASSWORD);
    await logIn(home.context({ ...CODESPACE, ...set }));
    const asked = registry.requests.length;
    writeEnvSecrets(home, set);
    await login(home.context(CODESPACE), { options: {}, json: true, onlyChanged: true });
    expect(registry.requests.length).toBe(asked);
    expect(JSON.parse((await status(home.context(CODESPACE), true)).stdout).logins).toMatchObject([
      { source: "codespaces", verified: true },
    ]);
  });

  test("without its secrets file nothing is removed", async () => {
    const home = makeHome();
    writeEnvSecrets(home, BOTH);
    await logIn(home.context(CODESPACE), OFFLINE);
    rmSync(home.context().codespacesFile);
    await logIn(home.context(CODESPACE), OFFLINE);
    expect(Object.keys(home.readConfig()?.credHelpers ?? {})).toEqual(["a.azurecr.io", "quay.io"]);
  });
});

test("status says since when starts of the container lack the secrets of a login", async () => {
  const home = makeHome();
  const at = (hours: number, env = {}) => ({ ...home.context(env), now: () => NOON + hours * 3_600_000 });
  const start = { options: { verify: "false" }, json: false, onlyChanged: true };
  const set = secrets("A", "a.azurecr.io", "bob", "a-password");
  const absent = async () => (await status(at(9), false)).stdout;
  await login(at(0, set), start);
  expect(await absent()).not.toContain("its secrets");
  for (const hours of [1, 2]) await login(at(hours), start);
  expect(await absent()).toContain("its secrets have not been set since 2026-01-01 13:00");
  await login(at(3, set), start);
  expect(await absent()).not.toContain("its secrets");
});

test.each([
  ["its own secrets, which are rejected", "A"],
  ["its own secrets, behind those of another identifier", "Z"],
])("a start with %s does not lack its secrets", async (_, saved) => {
  const home = makeHome();
  const set = secrets(saved, await startLocalRegistry(PASSWORD), "bob", PASSWORD);
  const start = { options: {}, json: true, onlyChanged: true };
  await login(home.context(set), start);
  const rejected = secrets("A", set[`${saved}_CONTAINER_REGISTRY_SERVER`] ?? "", "bob", "wrong-password");
  const absent = async (): Promise<unknown> =>
    JSON.parse((await status(home.context(), true)).stdout).logins[0].absentSince;
  await login(home.context(), start);
  expect(await absent()).not.toBeNull();
  await login(home.context({ ...set, ...rejected }), start);
  expect(await absent()).toBeNull();
});
