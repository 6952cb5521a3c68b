import { rmSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { credentialHelper } from "../../../../src/commands/credential-helper/credential-helper.ts";
import type { Result } from "../../../../src/context.ts";
import { expectHelperFailure } from "../../../support/helper.ts";
import { checkRow, PROTOCOL } from "../../../support/protocol.ts";
import { entriesBelow, filesBelow, logIn, makeHome, secrets, type TempHome } from "../../../support/temp-home.ts";
import { readVectors } from "../../../support/vectors.ts";

const NOT_FOUND = "credentials not found in native keychain\n";

const helper = (home: TempHome, verb: string, stdin = ""): Promise<Result> =>
  credentialHelper(home.context(), [verb], async () => stdin);

const store = (home: TempHome, ServerURL: string, Username: string, Secret: string): Promise<Result> =>
  helper(home, "store", JSON.stringify({ ServerURL, Username, Secret }));

/** Keeps a discovered login, without asking anybody. */
async function discovered(home: TempHome, host: string, user: string, password: string, storage = "memory") {
  await logIn(home.context(secrets("A", host, user, password)), { verify: "false", storage });
}

test.each(PROTOCOL)("$id", async (row) => {
  const home = makeHome();
  await checkRow(row, (args, stdin) => credentialHelper(home.context(), args, async () => stdin));
});

test("the texts that clients compare with", async () => {
  const { magicMessages } = readVectors<{ magicMessages: Record<string, string> }>("helper-protocol");
  const home = makeHome();
  expect((await helper(home, "get", "ghcr.io")).stdout).toBe(`${magicMessages.notFound}\n`);
  expect((await helper(home, "get")).stdout).toBe(`${magicMessages.missingServerURL}\n`);
  expect((await helper(home, "erase", "\n")).stdout).toBe(`${magicMessages.missingServerURL}\n`);
  expect((await store(home, "ghcr.io", "", "s")).stdout).toBe(`${magicMessages.missingUsername}\n`);
});

test.each(["memory", "disk"])("get returns what login found, with storage %s", async (storage) => {
  const home = makeHome();
  await discovered(home, "ghcr.io", "bob", 'found "pässword"\n\n-🔑', storage);
  const { stdout, stderr, exitCode } = await helper(home, "get", "ghcr.io");
  const answer = { ServerURL: "ghcr.io", Username: "bob", Secret: 'found "pässword"\n\n-🔑' };
  expect([JSON.parse(stdout), stderr ?? "", exitCode]).toEqual([answer, "", 0]);
});

test.each(["docker.io", "index.docker.io", "registry-1.docker.io", "https://index.docker.io/v1/", "https://docker.io"])(
  "Docker Hub is answered as %s, under the requested name",
  async (name) => {
    const home = makeHome();
    await discovered(home, "docker.io", "bob", "hub-password");
    expect(JSON.parse((await helper(home, "get", name)).stdout)).toEqual({
      ServerURL: name,
      Username: "bob",
      Secret: "hub-password",
    });
  },
);

test.each([
  "evil.example",
  "ghcr.io.evil.example",
  "ghcr.io@evil.example",
  "https://ghcr.io@evil.example/",
  "user@ghcr.io",
  "evil-ghcr.io",
  "ghcr.io.",
  ".ghcr.io",
  "ghcr.io:444",
  "ghcr.iо",
  "gh\u0441r.io",
  "doc\u212Aer.io",
  "ghcr.io%00",
  "ghcr.io\u0000",
  "ghcr.io evil.example",
  "../discovered/ghcr.io",
  "ghcr.io\\@evil.example",
  "http://ghcr.io",
  "https://index.docker.io/v1/access-token",
  "https://index.docker.io/v1/refresh-token",
  "hub.docker.com",
  "*",
  "__proto__",
])("%j never gets a secret and is not found", async (name) => {
  const home = makeHome();
  await discovered(home, "ghcr.io", "bob", "ghcr-password");
  await logIn(
    home.context({
      ...secrets("A", "ghcr.io", "bob", "ghcr-password"),
      ...secrets("B", "docker.io", "bob", "hub-password"),
    }),
    { verify: "false" },
  );
  expect(await helper(home, "get", name)).toEqual({ stdout: NOT_FOUND, exitCode: 1, isProtocol: true });
});

describe("a login that a person stores", () => {
  test("overrides the one from the secrets until erase, which may be called twice", async () => {
    const home = makeHome();
    await discovered(home, "docker.io", "bob", "found");
    expect(await store(home, "https://index.docker.io/v1/", "alice", "stored")).toMatchObject({
      stdout: "",
      exitCode: 0,
    });
    expect(JSON.parse((await helper(home, "get", "docker.io")).stdout).Secret).toBe("stored");
    for (const _ of [1, 2]) {
      const { stdout, stderr, exitCode } = await helper(home, "erase", "https://index.docker.io/v1/");
      expect([stdout, exitCode]).toEqual(["", 0]);
      expect(stderr).toMatch(/docker\.io is still logged in because the secrets A_CONTAINER_REGISTRY_\* are set/);
    }
    expect(JSON.parse((await helper(home, "get", "docker.io")).stdout).Secret).toBe("found");
  });

  test("survives the next login, and keeps its helper entry", async () => {
    const home = makeHome();
    await discovered(home, "ghcr.io", "bob", "found");
    await store(home, "ghcr.io", "alice", "stored");
    await discovered(home, "quay.io", "bob", "found");
    expect(home.readConfig()).toEqual({ credHelpers: { "ghcr.io": "registry-login", "quay.io": "registry-login" } });
    expect(JSON.parse((await helper(home, "get", "ghcr.io")).stdout).Username).toBe("alice");
  });

  test("is removed by erase if there are no secrets", async () => {
    const home = makeHome();
    await store(home, "ghcr.io", "alice", "stored");
    await helper(home, "erase", "ghcr.io\n");
    expect((await helper(home, "get", "ghcr.io")).stdout).toBe(NOT_FOUND);
    expect(filesBelow(home.memory)).toEqual([]);
  });

  test.each([
    ["memory", 1, 0],
    ["disk", 0, 1],
  ])("is stored as the option storage says: %s", async (storage, inMemory, onDisk) => {
    const home = makeHome();
    writeFileSync(home.optionsFile, `storage=${storage}\n`);
    await store(home, "ghcr.io", "alice", "stored");
    const vaults = [home.memory, home.folder].map((each) => entriesBelow(each).filter((file) => /ghcr\.io/.test(file)));
    expect(vaults.map(({ length }) => length)).toEqual([inMemory, onDisk]);
  });

  test.each(["http://registry.example.com", "alice@ghcr.io", "ftp://ghcr.io"])("is rejected for %s", async (server) => {
    const { stdout, exitCode } = await store(makeHome(), server, "alice", "stored-password");
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/^registry-login: /);
    expect(stdout).not.toContain("stored-password");
  });
});

test("list names every login once, under its first key, without the network", async () => {
  const home = makeHome();
  const env = {
    ...secrets("A", "docker.io", "bob", "p1-password"),
    ...secrets("B", "localhost:1", "bob", "p2-password"),
  };
  await logIn(home.context(env), { verify: "false" });
  await store(home, "localhost:1", "alice", "stored");
  const { stdout, exitCode } = await helper(home, "list");
  expect([JSON.parse(stdout), exitCode]).toEqual([{ "https://index.docker.io/v1/": "bob", "localhost:1": "alice" }, 0]);
});

test("a login whose memory vault was lost prints the cause", async () => {
  const home = makeHome();
  await discovered(home, "ghcr.io", "bob", "found");
  for (const file of filesBelow(home.memory)) rmSync(file);
  await expectHelperFailure(home.context(), "ghcr.io", /^registry-login: ghcr\.io: .*\(A\).*memory.*lost/);
});

test.each(["frobnicate", "GET", "get extra"])("%s is not an action: usage on stdout, exit code 1", async (words) => {
  const { stdout, exitCode } = await credentialHelper(makeHome().context(), words.split(" "), async () => "");
  expect([stdout, exitCode]).toEqual([expect.stringContaining("<store|get|erase|list|version>"), 1]);
});
