import { mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { packageVersion } from "../../scripts/project.ts";
import { buildSingleFile } from "../../scripts/single-file.ts";
import { NOT_FOUND } from "../../src/clients/credential-helper.ts";
import { AWS_KEY, ECR_HOST, startAwsEndpoint } from "../support/aws-endpoint.ts";
import { awsSecrets } from "../support/aws-setup.ts";
import { authOf } from "../support/encoding.ts";
import { startLocalRegistry } from "../support/local-registry.ts";
import { type Ran, tryRun } from "../support/shell.ts";
import { secrets, tempFolder } from "../support/temp-home.ts";

const PASSWORD = "Hunter2-Hunter2";

let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "registry-login-single-"));
  await buildSingleFile({ out: join(folder, "registry-login") });
  symlinkSync("registry-login", join(folder, "docker-credential-registry-login"));
}, 120_000);

afterAll(() => {
  rmSync(folder, { recursive: true });
});

interface Machine {
  readonly docker: string;
  run(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Ran>;
  query(server: string): Promise<Ran>;
  readConfig(): Record<string, unknown>;
}

/** Somebody's machine without Node, and with this PATH. */
function makeMachine(PATH: string): Machine {
  const [home, docker] = [tempFolder(), tempFolder()];
  // It must not depend on a variable of Node's, either.
  const env = { HOME: home, DOCKER_CONFIG: docker, PATH, NODE_OPTIONS: "--require /nonexistent.js" };
  return {
    docker,
    run: (args, more = {}) => tryRun(join(folder, "registry-login"), args, { env: { ...env, ...more } }),
    query: (input) => tryRun(join(folder, "docker-credential-registry-login"), ["get"], { env, input }),
    readConfig: () => JSON.parse(readFileSync(join(docker, "config.json"), "utf8")),
  };
}

test("without Node it logs in", async () => {
  const host = await startLocalRegistry(PASSWORD);
  const machine = makeMachine("");
  expect(await machine.run(["--version"])).toMatchObject({ exitCode: 0, stdout: `${packageVersion()}\n` });
  const args = ["login", "--json"];
  const { stdout, stderr } = await machine.run(args, secrets("TEAM", host, "bob", PASSWORD));
  expect(stderr).toBe("");
  expect(JSON.parse(stdout).registries).toMatchObject([{ identifier: "TEAM", host, outcome: "verified" }]);
  expect(machine.readConfig()).toEqual({ auths: { [host]: { auth: authOf("bob", PASSWORD) } } });
});

test("under its other name it is the credential helper, which login finds on the PATH", async () => {
  const host = await startLocalRegistry(PASSWORD);
  const machine = makeMachine(folder);
  expect(await machine.query(host)).toMatchObject({ exitCode: 1, stdout: `${NOT_FOUND}\n` });
  const ran = await machine.run(["login", "--storage", "disk"], secrets("TEAM", host, "bob", PASSWORD));
  expect(ran).toMatchObject({ exitCode: 0, stderr: "" });
  expect(machine.readConfig()).toEqual({ credHelpers: { [host]: "registry-login" } });
  const { stdout } = await machine.query(host);
  expect(JSON.parse(stdout)).toEqual({ ServerURL: host, Username: "bob", Secret: PASSWORD });
});

test("it holds AWS's client, too", async () => {
  const aws = await startAwsEndpoint([AWS_KEY]);
  onTestFinished(() => aws.close());
  const machine = makeMachine("");
  const args = ["login", "--json", "--no-verify"];
  await machine.run(args, { ...awsSecrets(), AWS_ENDPOINT_URL_ECR: aws.url });
  expect(aws.tokens).toHaveLength(1);
  expect(machine.readConfig()).toEqual({ auths: { [ECR_HOST]: { auth: authOf("AWS", aws.tokens[0] ?? "") } } });
});

test("the licenses of Node and of the libraries are next to it", () => {
  const licenses = readFileSync(join(folder, "registry-login.LICENSES.txt"), "utf8");
  expect(licenses).toContain("zod ");
  expect(licenses).toContain("Node.js is licensed for use as follows");
});
