import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { runAgent } from "../support/agent.ts";
import { ECR_HOST } from "../support/aws-endpoint.ts";
import { awsSecrets } from "../support/aws-setup.ts";
import { leaks } from "../support/leaks.ts";
import { startLocalRegistry } from "../support/local-registry.ts";
import { filesBelow, secrets, tempFolder } from "../support/temp-home.ts";
import { startRaw, type Talk } from "../support/torture/misbehaviors/servers.ts";

const PASSWORD = "right-password";

test("exit codes: 0 for a failed login, 1 for one with --strict, 2 for wrong usage", async () => {
  const HOME = tempFolder();
  const [host, wrong] = [
    await startLocalRegistry(PASSWORD, "bearer"),
    { ...secrets("A", await startLocalRegistry(PASSWORD, "bearer"), "bob", "wrong-password"), HOME },
  ];
  const right = { ...secrets("A", host, "bob", PASSWORD), HOME: tempFolder() };
  const runs: [string[], Record<string, string>, number][] = [
    [["--storage", "disk"], wrong, 0],
    [["login", "--storage", "disk", "--strict"], wrong, 1],
    [["--storage", "disk", "--strict", "--no-strict"], wrong, 0],
    [["--storage", "disk", "--strict"], right, 0],
    [["--version"], { HOME }, 0],
    [["plan", "--strict"], wrong, 0],
    [["frobnicate"], wrong, 2],
    [["login", "twice"], wrong, 2],
    [["--frobnicate"], wrong, 2],
    [["--storage", "keychain"], wrong, 2],
    [["plan", "--timeout", "never"], wrong, 2],
    [["credential-helper"], { HOME }, 1],
  ];
  const results = await Promise.all(runs.map(([args, env]) => runAgent(args, env)));
  for (const [index, { stdout, stderr, exitCode }] of results.entries()) {
    const [args = [], , expected] = runs[index] ?? [];
    expect({ args, exitCode }).toEqual({ args, exitCode: expected });
    if (expected === 2) {
      expect({ args, stdout }).toEqual({ args, stdout: "" });
      // A sentence and a remedy, never a stack.
      expect(stderr).toMatch(/^registry-login: .+\n {2}-> .+\n$/);
    } else expect(stderr).toBe("");
    expect(leaks(stdout + stderr, "bob", "wrong-password")).toEqual([]);
  }
});

test("a login, and then the credential helper, each a process of its own", async () => {
  const HOME = tempFolder();
  const host = await startLocalRegistry(PASSWORD, "bearer");
  const login = await runAgent(["--json"], { ...secrets("A", host, "bob", PASSWORD), HOME });
  const { memory } = JSON.parse(readFileSync(join(HOME, ".local/state/registry-login/state.json"), "utf8"));
  onTestFinished(() => rmSync(memory, { recursive: true }));
  expect(JSON.parse(login.stdout).registries).toMatchObject([{ outcome: "verified" }]);
  const get = await runAgent(["credential-helper", "get"], { HOME }, host);
  expect(JSON.parse(get.stdout)).toEqual({ ServerURL: host, Username: "bob", Secret: PASSWORD });
  const missing = await runAgent(["credential-helper", "get"], { HOME }, "evil.example");
  expect(missing).toEqual({ stdout: "credentials not found in native keychain\n", stderr: "", exitCode: 1 });
});

test.each(["get", "store", "erase"])("an input of more than 1 MB is an error of the protocol: %s", async (verb) => {
  const credential = { ServerURL: "registry.example.com", Username: "bob", Secret: "x".repeat(1024 * 1024) };
  const input = verb === "store" ? JSON.stringify(credential) : credential.Secret + credential.ServerURL;
  expect(await runAgent(["credential-helper", verb], { HOME: tempFolder() }, input)).toEqual({
    stdout: "registry-login: the input is larger than 1024 KB; send one credential, or the name of one registry\n",
    stderr: "",
    exitCode: 1,
  });
});

test("with --verbose each request is logged on stderr without its contents", async () => {
  const host = await startLocalRegistry(PASSWORD, "bearer");
  const env = { ...secrets("A", host, "bob", PASSWORD), HOME: tempFolder() };
  const { stdout, stderr, exitCode } = await runAgent(["--verbose", "--storage", "disk", "--json"], env);
  expect([exitCode, JSON.parse(stdout).registries]).toMatchObject([0, [{ outcome: "verified" }]]);
  expect(stderr).toContain(`GET http://${host} 401\n`);
  expect(stderr).toMatch(/^(?:(?:GET|POST) https?:\/\/[\w.:-]+ \w+\n)+$/);
  expect(leaks(stdout + stderr, "bob", PASSWORD)).toEqual([]);
});

const SWITCH = "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n";

test.each([
  { what: "switches to another protocol", talk: ((socket) => socket.write(SWITCH)) as Talk },
  { what: "does so and closes the connection", talk: ((socket) => socket.end(SWITCH)) as Talk },
  { what: "closes the connection", talk: ((socket) => socket.end()) as Talk },
])("each command reports a server that $what", async ({ talk }) => {
  const [server, aws] = [await startRaw(talk), await startRaw(talk)];
  onTestFinished(async () => {
    await Promise.all([server.close(), aws.close()]);
  });
  const healthy = await startLocalRegistry(PASSWORD);
  const env = {
    HOME: tempFolder(),
    AWS_ENDPOINT_URL_ECR: `http://${aws.host}`,
    ...secrets("A", server.host, "bob", PASSWORD),
    ...awsSecrets(),
    ...secrets("Z", healthy, "bob", PASSWORD),
  };
  const login = await runAgent(["--json", "--strict", "--storage", "disk", "--timeout", "5"], env);
  expect(JSON.parse(login.stdout).registries).toMatchObject([
    { identifier: "A", outcome: "unreachable", code: expect.any(String) },
    { identifier: "ECR", outcome: "unreachable", code: expect.any(String) },
    { identifier: "Z", outcome: "verified" },
  ]);
  expect(login).toMatchObject({ stderr: "", exitCode: 1 });
  const doctor = await runAgent(["doctor", "--json", "--timeout", "5"], env);
  const { registries } = JSON.parse(doctor.stdout) as { registries: { host: string }[] };
  expect(registries.map(({ host }) => host).sort()).toEqual([server.host, ECR_HOST, healthy].sort());
  expect(doctor).toMatchObject({ stderr: "", exitCode: 1 });
  const get = await runAgent(["credential-helper", "get"], env, ECR_HOST);
  expect(get).toMatchObject({ stdout: "credentials not found in native keychain\n", exitCode: 1 });
  expect(get.stderr).toMatch(/^registry-login: .+\n$/);
});

test("many agents at the same time keep one configuration complete, with the entries of others", async () => {
  const HOME = tempFolder();
  const DOCKER_CONFIG = join(HOME, "shared");
  const before = { auths: { "quay.io": { auth: "eDp5" } }, credHelpers: { "a.example": "other" }, psFormat: "x" };
  const file = join(DOCKER_CONFIG, "config.json");
  mkdirSync(DOCKER_CONFIG);
  writeFileSync(file, JSON.stringify(before, null, "\t"));

  const agents = ["B", "C", "D", "E"].map((name, index) => {
    const env = { ...secrets(name, `localhost:${index + 1}`, "bob", PASSWORD), HOME: join(HOME, name), DOCKER_CONFIG };
    return runAgent(["--storage", "disk", "--no-verify", "--json"], env);
  });
  for (const { stdout, exitCode } of await Promise.all(agents)) {
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout).registries).toMatchObject([{ detail: expect.stringContaining("stored on disk") }]);
  }
  const after = JSON.parse(readFileSync(file, "utf8"));
  expect(after).toMatchObject(before);
  expect(Object.keys(after)).toEqual(Object.keys(before));
  expect(filesBelow(DOCKER_CONFIG)).toEqual([file]);
});
