import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { login } from "../../../../src/commands/login/login.ts";
import { expectHelperFailure } from "../../../support/helper.ts";
import { startLocalRegistry } from "../../../support/local-registry.ts";
import { answer, startDownRegistry, startServer } from "../../../support/misbehaving-server.ts";
import { filesBelow, logIn, makeHome, secrets, tempFolder } from "../../../support/temp-home.ts";

const PASSWORD = "right-password";

test("two registries log in, and one with a wrong password does not", async () => {
  const home = makeHome();
  const [basic, bearer, third] = [
    await startLocalRegistry(PASSWORD),
    await startLocalRegistry(PASSWORD, "bearer"),
    await startLocalRegistry(PASSWORD),
  ];
  const env = {
    ...secrets("MY_BASIC", basic, "bob", PASSWORD),
    ...secrets("BEARER", bearer, "bob", PASSWORD),
    ...secrets("WRONG", third, "bob", "wrong-password"),
    HALF_CONTAINER_REGISTRY_SERVER: "half.azurecr.io",
  };
  const { registries, skipped, exitCode } = await logIn(home.context(env));
  expect(exitCode).toBe(0);
  expect(registries).toEqual([
    {
      identifier: "BEARER",
      host: bearer,
      kind: "generic",
      outcome: "verified",
      code: null,
      detail: expect.stringContaining("bob"),
      hint: "",
      expiresAt: null,
    },
    {
      identifier: "MY_BASIC",
      host: basic,
      kind: "generic",
      outcome: "verified",
      code: null,
      detail: expect.stringContaining("memory"),
      hint: "",
      expiresAt: null,
    },
    {
      identifier: "WRONG",
      host: third,
      kind: "generic",
      outcome: "refused",
      code: "credential-refused",
      detail: expect.stringContaining("401"),
      hint: expect.stringContaining("WRONG_CONTAINER_REGISTRY_USER"),
      expiresAt: null,
    },
  ]);
  expect(skipped).toMatchObject([{ identifier: "HALF", missing: ["USER", "PASSWORD"] }]);
  expect(home.readConfig()).toEqual({
    credHelpers: { [bearer]: "registry-login", [basic]: "registry-login", [third]: "registry-login" },
  });
  await expectHelperFailure(home.context(), third, /401.*WRONG_CONTAINER_REGISTRY_USER/);
});

test("the text report has a line for each registry, and a hint for each problem", async () => {
  const home = makeHome();
  const [right, wrong] = [await startLocalRegistry(PASSWORD), await startLocalRegistry(PASSWORD)];
  const env = { ...secrets("RIGHT", right, "bob", PASSWORD), ...secrets("WRONG", wrong, "bob", "wrong-password") };
  const { stdout } = await login(home.context(env), { options: {}, json: false, onlyChanged: false });
  const lines = stdout.split("\n");
  expect(lines[0]).toContain("1 of 2");
  expect(lines.find((line) => line.includes("RIGHT"))).toMatch(new RegExp(`verified +${right}`));
  expect(lines.find((line) => line.includes("WRONG"))).toMatch(new RegExp(`rejected +${wrong}`));
  expect(stdout).toMatch(/-> check WRONG_CONTAINER_REGISTRY_USER/);
});

test("without secrets there is one line, and nothing is written", async () => {
  const home = makeHome();
  const result = await login(home.context(), { options: { strict: "true" }, json: false, onlyChanged: false });
  expect(result).toEqual({
    stdout: expect.stringMatching(/^registry-login: nothing to do: .*\n$/),
    stderr: "",
    exitCode: 0,
  });
  expect([...filesBelow(home.folder), ...filesBelow(home.memory)]).toEqual([]);
});

test("an unreachable registry is saved and registered, and the report says so", async () => {
  const home = makeHome();
  const host = await startDownRegistry();
  const { registries } = await logIn(home.context(secrets("A", host, "bob", PASSWORD)));
  expect(registries).toMatchObject([{ outcome: "unreachable", detail: expect.stringMatching(/stored in memory/) }]);
  expect(home.readConfig()).toEqual({ credHelpers: { [host]: "registry-login" } });
});

test("without verification no registry gets a request", async () => {
  const home = makeHome();
  const server = await startServer((response) => answer(response, 401));
  const { registries } = await logIn(home.context(secrets("A", server.host, "bob", PASSWORD)), { verify: "false" });
  expect(registries).toMatchObject([
    { outcome: "unreachable", detail: expect.stringMatching(/not checked: the option verify is off/) },
  ]);
  expect(server.seen).toEqual([]);
  expect(home.readConfig()).toEqual({ credHelpers: { [server.host]: "registry-login" } });
});

test("a slow registry does not delay the others", async () => {
  const home = makeHome();
  const order: string[] = [];
  const slow = await startServer((response) => {
    setTimeout(() => answer(response, 200), 150);
    order.push("slow asked");
  });
  const quick = await startServer((response) => {
    order.push("quick asked");
    answer(response, 200);
  });
  const env = {
    ...secrets("A", `http://${slow.host}`, "bob", PASSWORD),
    ...secrets("B", `http://${quick.host}`, "bob", PASSWORD),
  };
  await logIn(home.context(env));
  expect(order.at(-1)).toBe("slow asked");
});

test("Docker Hub is registered under all of its keys, in docker's own folder", async () => {
  const home = makeHome();
  const folder = tempFolder();
  const env = { ...secrets("HUB", "docker.io", "bob", PASSWORD), DOCKER_CONFIG: folder };
  await logIn(home.context(env), { verify: "false" });
  expect(JSON.parse(readFileSync(join(folder, "config.json"), "utf8"))).toEqual({
    credHelpers: {
      "https://index.docker.io/v1/": "registry-login",
      "docker.io": "registry-login",
      "registry-1.docker.io": "registry-login",
      "registry.hub.docker.com": "registry-login",
    },
  });
  expect(home.readConfig()).toBeNull();
});

describe("strict", () => {
  test.each([
    ["a verified one", (host: string) => secrets("A", host, "bob", PASSWORD), 0],
    ["a refused one", (host: string) => secrets("A", host, "bob", "wrong-password"), 1],
    ["an unreachable one", (_: string, down: string) => secrets("A", down, "bob", PASSWORD), 1],
    ["a server that is none", () => secrets("A", "mycompany", "bob", PASSWORD), 1],
    ["a set that is not complete", () => ({ A_CONTAINER_REGISTRY_SERVER: "a.azurecr.io" }), 0],
  ])("%s", async (_, env, exitCode) => {
    const home = makeHome();
    const variables = env(await startLocalRegistry(PASSWORD), await startDownRegistry());
    expect(await logIn(home.context(variables), { strict: "true" })).toMatchObject({ exitCode });
    expect(await logIn(home.context(variables))).toMatchObject({ exitCode: 0 });
  });
});
