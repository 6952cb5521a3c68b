import { execFile } from "node:child_process";
import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { parseImage } from "../../src/registries/image.ts";
import { dockerKeyOf } from "../../src/registries/registry.ts";
import { IMAGE_NAMES } from "../support/image-names.ts";
import { logIn, makeHome, secrets, type TempHome } from "../support/temp-home.ts";

/** Nothing that a client sends leaves this machine, and it does not wait for an answer. */
const NOWHERE = "http://127.0.0.1:1";

function run(program: string, args: readonly string[], env: Readonly<Record<string, string>>): Promise<string> {
  return new Promise((resolve) => {
    execFile(program, args, { env, timeout: 30_000 }, (_, stdout, stderr) => resolve(stdout + stderr));
  });
}

describe("docker's own grammar of image names", () => {
  test.concurrent.each(IMAGE_NAMES)("$what: docker accepts it: $accepted", async ({ name, accepted }) => {
    // The name is checked before the engine is looked for.
    const env = { PATH: process.env.PATH ?? "", HOME: "/nonexistent", DOCKER_HOST: "unix:///nonexistent/docker.sock" };
    const output = await run("docker", ["pull", "--", name], env);
    expect(output).toMatch(accepted ? /Cannot connect to the Docker daemon/ : /invalid|must (?:not )?be|unsupported/);
  });
});

/** The names of one image, and whose login each client looks up for it. */
const HUB = [
  "alpine",
  "acme/app",
  "docker.io/acme/app",
  "index.docker.io/acme/app",
  "registry-1.docker.io/acme/app",
  "registry.hub.docker.com/acme/app",
];

describe("the key under which a client looks up", () => {
  let home: TempHome;
  let env: Record<string, string>;
  const log = (): string => join(home.folder, "asked");

  beforeEach(async () => {
    home = makeHome();
    // Stands for our credential helper, and writes down what it is asked for.
    const context = home.context();
    const helper = `#!/bin/sh\n# credential-helper\ncat >> ${log()}\necho >> ${log()}\necho '{"ServerURL":"","Username":"bob","Secret":"pass-word"}'\n`;
    const file = join(home.folder, "docker-credential-registry-login");
    writeFileSync(file, helper);
    chmodSync(file, 0o755);
    const PATH = `${home.folder}:${process.env.PATH}`;
    env = { PATH, HOME: home.folder, XDG_RUNTIME_DIR: home.memory, HTTPS_PROXY: NOWHERE, HTTP_PROXY: NOWHERE };
    const sets = {
      ...secrets("HUB", "docker.io", "bob", "pass-word"),
      ...secrets("GHCR", "GHCR.io:443", "bob", "pass-word"),
    };
    await logIn({ ...context, env: { ...context.env, ...sets, PATH } }, { verify: "false" });
  });

  const asked = (): string[] => (existsSync(log()) ? [...new Set(readFileSync(log(), "utf8").trim().split("\n"))] : []);

  test("Docker Hub and ghcr.io is the one that has our login, for docker and for skopeo", async () => {
    const found: Record<string, unknown> = {};
    const expected: Record<string, unknown> = {};
    for (const name of [...HUB, "ghcr.io/acme/app"]) {
      const { registry } = parseImage(name);
      rmSync(log(), { force: true });
      await run("docker", ["manifest", "inspect", name], env);
      const docker = asked();
      rmSync(log(), { force: true });
      await run("skopeo", ["inspect", `docker://${name}`], env);
      found[name] = { docker, skopeo: asked() };
      expected[name] = { docker: [dockerKeyOf(registry)], skopeo: [registry.named] };
    }
    expect(found).toEqual(expected);
  });
});
