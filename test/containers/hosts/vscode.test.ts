import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { claims } from "../../support/claims.ts";
import { PODMAN_RUN_ARGS } from "../../support/dev-container.ts";
import { startTestHost, type TestHost } from "../../support/test-host.ts";
import { engineSocket } from "../../support/workspace.ts";

let host: TestHost;
let log: string;

/** The helper only answers in processes that VS Code started, which have this variable. */
const HELPER =
  '#!/bin/sh\n[ -n "$REMOTE_CONTAINERS_IPC" ] || exit 255\necho credentials not found in native keychain\nexit 1\n';

/** Every attach writes a helper with a new name and sets it as docker's credential store. */
async function attach(): Promise<string> {
  const store = `dev-containers-${randomUUID()}`;
  const script = `
    const fs = require("fs"), folder = process.env.HOME + "/.docker", file = folder + "/config.json";
    fs.mkdirSync(folder, { recursive: true });
    const config = fs.existsSync(file) ? JSON.parse(fs.readFileSync(file)) : {};
    fs.writeFileSync(file, JSON.stringify({ ...config, credsStore: process.env.STORE }, null, "\\t"));
    fs.writeFileSync("/usr/local/bin/docker-credential-" + process.env.STORE, process.env.HELPER, { mode: 0o755 });`;
  const ran = await host.workspace.sh(`node -e '${script}'`, { STORE: store, HELPER });
  expect(ran).toMatchObject({ exitCode: 0 });
  return store;
}

async function readConfig(): Promise<Record<string, unknown>> {
  return JSON.parse((await host.workspace.sh("cat ~/.docker/config.json")).stdout);
}

const clients = {
  docker: (image: string) => `docker pull -q ${image} && docker rmi ${image}`,
  skopeo: (image: string) => `skopeo inspect --tls-verify=false docker://${image}`,
  podman: (image: string) => `podman --storage-driver=vfs pull -q --tls-verify=false ${image}`,
};

async function expectPulls(variables: Readonly<Record<string, string>> = {}): Promise<void> {
  for (const [client, pull] of Object.entries(clients)) {
    const pulled = await host.workspace.sh(pull(host.image), variables);
    expect({ client, ...pulled }).toMatchObject({ exitCode: 0 });
  }
}

beforeAll(async () => {
  const names = ["SERVER", "USER", "PASSWORD"].map((part) => `BASIC_CONTAINER_REGISTRY_${part}`);
  host = await startTestHost({
    remoteUser: "root",
    runArgs: ["--network=host", ...PODMAN_RUN_ARGS],
    mounts: [(await engineSocket()).mount],
    remoteEnv: Object.fromEntries(names.map((name) => [name, `\${localEnv:${name}}`])),
  });
  log = await host.workspace.cli("up", [], { env: host.secrets });
});

afterAll(async () => {
  await host?.remove();
});

describe("Hosts: VS Code", () => {
  test("the hook logs in with the variables that remoteEnv copies from the local machine", async () => {
    expect(log).toMatch(/BASIC +verified/);
    await expectPulls();
  });

  test("an attach sets docker's credential store, and every client still pulls in any terminal", async () => {
    const store = await attach();
    expect(await readConfig()).toEqual({ credHelpers: { [host.registry.host]: "registry-login" }, credsStore: store });
    await expectPulls();
    await expectPulls({ REMOTE_CONTAINERS_IPC: "/tmp/vscode.sock" });
  });

  test("the next attach with a new store and a login after it change nothing", async () => {
    const store = await attach();
    await host.workspace.sh("registry-login");
    expect(await readConfig()).toEqual({ credHelpers: { [host.registry.host]: "registry-login" }, credsStore: store });
    await expectPulls();
  });

  claims("hosts", {
    host: "VS Code, its credential store renewed at each attach",
    image: "Debian 12, with Node 24",
    "clients that pulled": "docker, podman, skopeo",
  });
});
