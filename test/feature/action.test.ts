import { chownSync, cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { ACTION_FOLDER, buildAction } from "../../scripts/action.ts";
import { AWS_KEY, ECR_HOST, startAwsEndpoint } from "../support/aws-endpoint.ts";
import { startEmbeddedRegistry } from "../support/embedded-registry.ts";
import { authOf } from "../support/encoding.ts";
import { startLocalRegistry } from "../support/local-registry.ts";
import { type Step, startJob } from "../support/runner.ts";
import { filesBelow, secrets, tempFolder } from "../support/temp-home.ts";

const PASSWORD = "planted%password";
/** Where docker login stores a login on a machine without a store. */
const STORAGE = "native";
const BEFORE = '{"auths": {"c.example": {"auth": "eDp5"}}, "psFormat": "x"}\n';

beforeAll(() => buildAction());

/** The inputs of a workflow. */
function inputs(values: object, more: Readonly<Record<string, string>> = {}): Record<string, string> {
  return { secrets: JSON.stringify(values), storage: STORAGE, ...more };
}

/** A home folder with a configuration of docker. */
function makeHome(config: string | null = BEFORE) {
  const folder = tempFolder();
  const file = join(folder, ".docker/config.json");
  if (config !== null) {
    mkdirSync(join(folder, ".docker"));
    writeFileSync(file, config, { mode: 0o600 });
  }
  return { folder, file, auths: () => JSON.parse(readFileSync(file, "utf8")).auths };
}

function everything(folder: string): Record<string, string> {
  return Object.fromEntries(filesBelow(folder).map((file) => [file, readFileSync(file, "utf8")]));
}

/** Each value is masked before the first line that is not a mask, and the log shows none; the action itself hides passwords. */
function expectMasked({ stdout, stderr, log, masks }: Step, values: readonly string[]): void {
  expect(masks).toEqual(expect.arrayContaining([...values]));
  const lines = stdout.split("\n");
  const first = lines.findIndex((line) => !line.startsWith("::add-mask::"));
  const before = lines.slice(0, first).join("\n").replaceAll("%25", "%");
  for (const value of values) expect(before).toContain(`::add-mask::${value}`);
  for (const value of values) expect(`${log}${stderr}`).not.toContain(value);
  const rest = lines.filter((line) => !line.startsWith("::add-mask::")).join("\n");
  expect(rest).not.toContain(PASSWORD);
}

describe("a job", () => {
  test.each([
    ["with a configuration of others", BEFORE],
    ["without one", null],
  ])("is logged in until its end, which leaves everything as it was, %s", async (_, config) => {
    const home = makeHome(config);
    const before = everything(home.folder);
    const host = await startLocalRegistry(PASSWORD, "bearer");
    const job = startJob(ACTION_FOLDER, home.folder);
    const step = await job.main(inputs({ ...secrets("ACME", host, "bob", PASSWORD), DEPLOY_KEY: "other-secret" }));
    expect(step).toMatchObject({ exitCode: 0, stderr: "", annotations: [], outputs: { registries: host } });
    expect(step.log).toContain("registry-login: 1 of 1 registries ready");
    expectMasked(step, [host, "bob", PASSWORD]);
    expect(step.stdout).not.toContain("other-secret");
    expect(home.auths()[host]).toEqual({ auth: authOf("bob", PASSWORD) });
    expect(await job.post()).toMatchObject({ exitCode: 0, stderr: "", annotations: [] });
    expect(everything(home.folder)).toEqual(before);
    expect(existsSync(join(home.folder, ".local"))).toBe(false);
  });

  test("can have a password of several lines", async () => {
    const home = makeHome();
    const password = '{\n  "key": "a%b",\r\n  "id": "planted-id"\n}';
    const host = await startLocalRegistry(password);
    const step = await startJob(ACTION_FOLDER, home.folder).main(inputs(secrets("ACME", host, "bob", password)));
    expect(step).toMatchObject({ exitCode: 0 });
    expectMasked(step, ['"key": "a%b",', '"id": "planted-id"']);
  });

  test("has its server from the input registries", async () => {
    const home = makeHome();
    const host = await startLocalRegistry(PASSWORD);
    const { ACME_CONTAINER_REGISTRY_SERVER: _, ...rest } = secrets("ACME", host, "bob", PASSWORD);
    const job = startJob(ACTION_FOLDER, home.folder);
    const given = inputs({ ...rest, ...secrets("B", "b.invalid", "bob", "x") });
    const step = await job.main({ ...given, registries: `\nacme=${host}\n`, identifiers: "acme" });
    expect(step).toMatchObject({ exitCode: 0, outputs: { registries: host } });
    expect(step.log).toContain(host);
    expect(step.log).not.toContain("b.invalid");
  });

  test("stays logged in where the input logout is false", async () => {
    const home = makeHome();
    const host = await startLocalRegistry(PASSWORD);
    const job = startJob(ACTION_FOLDER, home.folder);
    await job.main(inputs(secrets("ACME", host, "bob", PASSWORD), { logout: "false" }));
    expect(await job.post()).toMatchObject({ exitCode: 0, stdout: "" });
    expect(home.auths()[host]).toBeDefined();
  });

  test("is logged out where a step in between has set another HOME", async () => {
    const home = makeHome();
    const host = await startLocalRegistry(PASSWORD);
    const job = startJob(ACTION_FOLDER, home.folder);
    await job.main(inputs(secrets("ACME", host, "bob", PASSWORD)));
    await job.post({ HOME: tempFolder() });
    expect(readFileSync(home.file, "utf8")).toBe(BEFORE);
  });
});

test("of two jobs of one user, the first to end does not log the other out", async () => {
  const home = makeHome();
  const host = await startLocalRegistry(PASSWORD);
  const given = inputs(secrets("ACME", host, "bob", PASSWORD));
  const [a, b] = [startJob(ACTION_FOLDER, home.folder), startJob(ACTION_FOLDER, home.folder)];
  await Promise.all([a.main(given), b.main(given)]);
  const end = await a.post();
  expect(end.log).toContain("still logged in for another job");
  expect(home.auths()[host]).toEqual({ auth: authOf("bob", PASSWORD) });
  await b.post();
  expect(readFileSync(home.file, "utf8")).toBe(BEFORE);
});

test("in a job's container, root works in the home folder of the runner's user, without docker", async () => {
  const runner = tempFolder();
  const [action, home] = [join(runner, "_actions"), join(runner, "github/home")];
  cpSync(ACTION_FOLDER, action, { recursive: true });
  mkdirSync(home, { recursive: true });
  for (const path of [runner, join(runner, "github"), home, action, ...filesBelow(action)]) chownSync(path, 1001, 1001);
  const host = await startLocalRegistry(PASSWORD);
  const job = startJob(action, home);
  const step = await job.main(inputs(secrets("ACME", host, "bob", PASSWORD)));
  expect(step).toMatchObject({ exitCode: 0, annotations: [] });
  const { auths } = JSON.parse(readFileSync(join(home, ".docker/config.json"), "utf8"));
  expect(auths).toEqual({ [host]: { auth: authOf("bob", PASSWORD) } });
  await job.post();
  expect(filesBelow(home)).toEqual([]);
});

describe("a login that fails", () => {
  test.each([
    ["fails the step, with an error in the job's summary", "true", { level: "error", exitCode: 1 }],
    ["is a warning where the input strict is false", "false", { level: "warning", exitCode: 0 }],
  ])("%s", async (_, strict, { level, exitCode }) => {
    const home = makeHome();
    const [host, other] = [await startLocalRegistry("another-password"), await startLocalRegistry(PASSWORD)];
    const job = startJob(ACTION_FOLDER, home.folder);
    const given = { ...secrets("ACME", host, "bob", PASSWORD), ...secrets("B", other, "bob", PASSWORD) };
    const step = await job.main(inputs(given, { strict }));
    expect(step).toMatchObject({ exitCode, stderr: "", outputs: { registries: other } });
    expect(step.annotations).toEqual([
      { level, title: "registry-login: ***", message: expect.stringMatching(/^ACME: .+; .+$/) },
    ]);
    expectMasked(step, [host, "bob", PASSWORD]);
    await job.post();
    expect(readFileSync(home.file, "utf8")).toBe(BEFORE);
  });
});

test("a text from outside cannot make the runner act, in the middle of a line either", async () => {
  const user = "bob##[error]planted";
  const registry = await startEmbeddedRegistry({ auth: "basic", user, password: PASSWORD });
  onTestFinished(registry.close);
  // Not among the secrets, whose values the log does not show.
  const { ACME_CONTAINER_REGISTRY_USER: _, ...rest } = secrets("ACME", registry.host, user, PASSWORD);
  const job = startJob(ACTION_FOLDER, makeHome().folder, { ACME_CONTAINER_REGISTRY_USER: user });
  const step = await job.main(inputs(rest));
  expect(step.log).toContain(`as ${user}, stored`);
  expect(step.annotations).toEqual([]);
});

describe("inputs that are not valid fail the step, with what to write:", () => {
  test.each([
    ["no secrets", {}, "toJSON(secrets)"],
    ["secrets that are not JSON", { secrets: "planted-value" }, "toJSON(secrets)"],
    ["a wrong word", inputs({}, { strict: "maybe" }), "below `with:`"],
    ["an unknown storage", inputs({}, { storage: "cloud" }), "below `with:`"],
    ["a mapping without a host", inputs({}, { registries: "ACME" }), "ACR=mycompany.azurecr.io"],
  ])("%s", async (_, given, hint) => {
    const step = await startJob(ACTION_FOLDER, makeHome().folder).main(given);
    expect(step).toMatchObject({ exitCode: 1, stderr: "", log: "" });
    expect(step.annotations).toEqual([
      { level: "error", title: "registry-login", message: expect.stringContaining(hint) },
    ]);
    expect(step.stdout).not.toContain("planted-value");
  });

  test("secrets without any registry are a warning", async () => {
    const step = await startJob(ACTION_FOLDER, makeHome().folder).main(inputs({ github_token: "x" }));
    expect(step.exitCode).toBe(0);
    expect(step.annotations).toMatchObject([
      { level: "warning", message: expect.stringContaining("nothing to log in") },
    ]);
  });
});

test("a token that the action made is masked before the report", async () => {
  const aws = await startAwsEndpoint([AWS_KEY]);
  const home = makeHome();
  const job = startJob(ACTION_FOLDER, home.folder, { AWS_ENDPOINT_URL_ECR: aws.url });
  const given = secrets("ECR", ECR_HOST, AWS_KEY.accessKeyId, AWS_KEY.secretAccessKey);
  const step = await job.main(inputs(given, { strict: "false" }));
  await aws.close();
  expectMasked(step, [...Object.values(given), ...aws.tokens]);
  expect(aws.tokens).toHaveLength(1);
  expect(home.auths()[ECR_HOST]).toEqual({ auth: authOf("AWS", aws.tokens[0] ?? "") });
});

test("programs that the action starts get none of the secrets", async () => {
  const aws = await startAwsEndpoint([AWS_KEY]);
  const home = makeHome();
  const [seen, program, config] = ["seen", "program", "aws-config"].map((name) => join(home.folder, name)) as [
    string,
    string,
    string,
  ];
  const key = { Version: 1, AccessKeyId: AWS_KEY.accessKeyId, SecretAccessKey: AWS_KEY.secretAccessKey };
  writeFileSync(program, `#!/bin/sh\nenv >>${seen}\necho '${JSON.stringify(key)}'\n`, { mode: 0o755 });
  writeFileSync(config, `[default]\nregion = eu-west-1\ncredential_process = ${program}\n`);
  const job = startJob(ACTION_FOLDER, home.folder, {
    AWS_ENDPOINT_URL_ECR: aws.url,
    AWS_CONFIG_FILE: config,
    PATH: "/usr/bin:/bin",
  });
  const given = inputs(secrets("ACME", await startLocalRegistry(PASSWORD), "bob", PASSWORD));
  await job.main({ ...given, registries: `ECR=${ECR_HOST}`, "github-token": "ghs_planted-token" });
  await aws.close();
  expect(aws.tokens).toHaveLength(1);
  const text = readFileSync(seen, "utf8");
  expect(text).toContain("GITHUB_ACTIONS=true");
  expect(text).not.toMatch(/INPUT_SECRETS|INPUT_GITHUB-TOKEN|CONTAINER_REGISTRY|planted/);
});

test("action.yml names the inputs that the action reads, and files that the build makes", () => {
  const text = readFileSync(join(ACTION_FOLDER, "../../action.yml"), "utf8");
  const inputsOf = text.slice(text.indexOf("\ninputs:"), text.indexOf("\noutputs:"));
  expect([...inputsOf.matchAll(/^ {2}([a-z-]+):$/gm)].map(([, name]) => name)).toEqual([
    "secrets",
    "registries",
    "identifiers",
    "github-token",
    "storage",
    "strict",
    "logout",
  ]);
  const files = [...text.matchAll(/^ {2}(?:main|post): (.+)$/gm)].map(([, file = ""]) => file);
  expect(files.map((file) => [file, existsSync(join(ACTION_FOLDER, "../..", file))])).toEqual([
    ["dist/action/main.cjs", true],
    ["dist/action/post.cjs", true],
  ]);
});
