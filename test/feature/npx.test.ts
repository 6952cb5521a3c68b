import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { packageVersion } from "../../scripts/project.ts";
import { NOT_FOUND } from "../../src/clients/credential-helper.ts";
import { authOf } from "../support/encoding.ts";
import { startLocalRegistry } from "../support/local-registry.ts";
import { tryRun } from "../support/shell.ts";
import { secrets, tempFolder } from "../support/temp-home.ts";
import { type NpmRegistry, npm, npmSettings, npx, publishOurPackage } from "../support/verdaccio.ts";

// The package as people get it: from an npm registry.

const PASSWORD = "Hunter2-Hunter2";
const PACKAGE = "@registry-login/cli@1";

let registry: NpmRegistry;

beforeAll(async () => {
  registry = await publishOurPackage();
}, 60_000);

afterAll(() => registry?.close());

test("npx in an empty folder of somebody new logs in with three secrets", async () => {
  const host = await startLocalRegistry(PASSWORD);
  const [home, docker] = [tempFolder(), tempFolder()];
  const env = {
    ...npmSettings(registry),
    ...secrets("TEAM", host, "bob", PASSWORD),
    HOME: home,
    npm_config_cache: join(home, "cache"),
    DOCKER_CONFIG: docker,
  };
  const args = ["--yes", PACKAGE, "login", "--json"];
  const { stdout, stderr, exitCode } = await npx(args, env, tempFolder());
  expect({ stderr, exitCode }).toEqual({ stderr: "", exitCode: 0 });
  expect(JSON.parse(stdout).registries).toMatchObject([{ identifier: "TEAM", host, outcome: "verified" }]);
  const { auths } = JSON.parse(readFileSync(join(docker, "config.json"), "utf8"));
  expect(auths).toEqual({ [host]: { auth: authOf("bob", PASSWORD) } });
});

test("installed, both commands are on the PATH", async () => {
  const host = await startLocalRegistry(PASSWORD);
  const [home, docker, prefix] = [tempFolder(), tempFolder(), tempFolder()];
  const settings = { ...npmSettings(registry), HOME: home, npm_config_cache: join(home, "cache") };
  expect((await npm(["install", "--global", "--prefix", prefix, PACKAGE], settings, home)).output).toContain(
    "added 1 ",
  );

  const env = { HOME: home, DOCKER_CONFIG: docker, PATH: `${join(prefix, "bin")}:${process.env.PATH}` };
  const query = (server: string) => tryRun("docker-credential-registry-login", ["get"], { env, input: server });
  expect(await tryRun("registry-login", ["--version"], { env })).toMatchObject({ stdout: `${packageVersion()}\n` });
  expect(await query("registry.example.com")).toMatchObject({ exitCode: 1, stdout: `${NOT_FOUND}\n` });

  // Clients that read docker's configuration find the helper, and it answers them.
  const loggedIn = await tryRun("registry-login", ["login", "--storage", "disk"], {
    env: { ...env, ...secrets("TEAM", host, "bob", PASSWORD) },
  });
  expect(loggedIn).toMatchObject({ exitCode: 0, stderr: "" });
  const { credHelpers } = JSON.parse(readFileSync(join(docker, "config.json"), "utf8"));
  expect(credHelpers).toEqual({ [host]: "registry-login" });
  expect(JSON.parse((await query(host)).stdout)).toEqual({ ServerURL: host, Username: "bob", Secret: PASSWORD });
});
