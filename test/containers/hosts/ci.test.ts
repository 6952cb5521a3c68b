import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { claims } from "../../support/claims.ts";
import { KEEP, printKept } from "../../support/keep.ts";
import { run, tryRun } from "../../support/shell.ts";
import { startTestHost, type TestHost } from "../../support/test-host.ts";

const image = `registry-login-test/built-${randomBytes(4).toString("hex")}`;

let host: TestHost;

beforeAll(async () => {
  host = await startTestHost();
  await host.workspace.cli("build", ["--image-name", image]);
});

afterAll(async () => {
  await host?.remove();
  await tryRun("docker", ["rmi", image]);
});

describe("Hosts: devcontainers/ci", () => {
  const remoteEnv = () => Object.entries(host.secrets).flatMap(([name, value]) => ["--remote-env", `${name}=${value}`]);

  test("up with --remote-env logs in", async () => {
    expect(await host.workspace.cli("up", remoteEnv())).toMatch(/BASIC +verified/);
  });

  test("exec, with the same --remote-env, pulls", async () => {
    const pull = ["skopeo", "inspect", "--tls-verify=false", `docker://${host.image}`];
    expect(await host.workspace.cli("exec", [...remoteEnv(), ...pull])).toContain('"Digest"');
    expect(await host.workspace.cli("exec", pull)).toContain('"Digest"');
  });

  claims("hosts", {
    host: "devcontainers/ci (--remote-env)",
    image: "Debian 12, with Node 24",
    "clients that pulled": "skopeo",
  });
});

describe("Hosts that ignore a Feature's hooks", () => {
  let container: string;
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "registry-login-env-"));
    const file = join(folder, "env");
    const lines = Object.entries(host.secrets).map(([name, value]) => `${name}=${value}\n`);
    writeFileSync(file, lines.join(""), { mode: 0o600 });
    const args = ["--network=host", "--user=vscode", "--env-file", file, image, "sleep", "infinity"];
    container = (await run("docker", ["run", "-d", "--init", ...args])).stdout.trim();
  });

  afterAll(async () => {
    if (KEEP) printKept("the container", container, "vscode");
    else await run("docker", ["rm", "-f", "-v", container]);
    rmSync(folder, { recursive: true });
  });

  const inContainer = (...command: string[]) => tryRun("docker", ["exec", container, ...command]);
  const pull = () => inContainer("skopeo", "inspect", "--tls-verify=false", `docker://${host.image}`);

  test("an image with the Feature holds no login", async () => {
    expect((await pull()).exitCode).not.toBe(0);
  });

  test("the plain command `registry-login`, as in devcontainer.json's own postStartCommand, does what the hooks do", async () => {
    const login = await inContainer("sh", "-c", "registry-login");
    expect(login).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/BASIC +verified .*stored in memory/) });
    expect((await pull()).exitCode).toBe(0);
  });

  claims("hosts", {
    host: "hosts that ignore the hooks of Features",
    image: "Debian 12, with Node 24",
    "clients that pulled": "skopeo",
  });
});
