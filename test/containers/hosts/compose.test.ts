import { basename } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { claims } from "../../support/claims.ts";
import { LOCAL_FEATURE } from "../../support/dev-container.ts";
import { installPackages } from "../../support/engine.ts";
import { TOOLS_IMAGE } from "../../support/images.ts";
import { newUser, PRIVATE_IMAGE, type Registry, secretsFor, startRegistry } from "../../support/registry.ts";
import { hasProgram, run, tryRun } from "../../support/shell.ts";
import { engineSocket, makeWorkspace, type Workspace } from "../../support/workspace.ts";

const auth = newUser("basic");

let registry: Registry;
let workspace: Workspace;
let log: string;
let project: string;
let compose: string[];

/** The machine's compose, whichever it has: docker's plug-in, or the older program of its own. */
async function findCompose(): Promise<string[]> {
  if ((await tryRun("docker", ["compose", "version"])).exitCode === 0) return ["docker", "compose"];
  if (!(await hasProgram("docker-compose"))) await installPackages(["docker-compose"]);
  return ["docker-compose"];
}

beforeAll(async () => {
  compose = await findCompose();
  registry = await startRegistry(auth);
  const { mount } = await engineSocket();
  const secrets = Object.entries(secretsFor("BASIC", registry, auth)).map(([name, value]) => `${name}=${value}\n`);
  workspace = makeWorkspace(
    {
      dockerComposeFile: "docker-compose.yml",
      service: "dev",
      workspaceFolder: "/workspace",
      features: { [LOCAL_FEATURE]: {} },
      mounts: [mount],
    },
    {
      "docker-compose.yml": `version: "3.7"
services:
  dev:
    image: ${TOOLS_IMAGE}
    network_mode: host
    env_file: secrets.env
    volumes: ["..:/workspace"]
    command: sleep infinity
`,
      "secrets.env": secrets.join(""),
    },
  );
  project = `${basename(workspace.folder).toLowerCase()}_devcontainer`;
  const path = compose.length === 1 ? ["--docker-compose-path", "docker-compose"] : [];
  log = await workspace.cli("up", path);
});

afterAll(async () => {
  await workspace?.remove();
  await registry?.stop();
});

describe("Hosts: a dev container made with docker compose", () => {
  test("the hook logs in with the secrets of the service's env_file", () => {
    expect(log).toMatch(/BASIC +verified/);
  });

  test("clients in the service pull", async () => {
    const image = `${registry.host}/${PRIVATE_IMAGE}`;
    for (const pull of [
      `docker pull -q ${image} && docker rmi ${image}`,
      `skopeo inspect --tls-verify=false docker://${image}`,
    ]) {
      expect(await workspace.sh(pull), pull).toMatchObject({ exitCode: 0 });
    }
  });

  test("the container belongs to compose, and the login is made again when compose restarts it", async () => {
    const { stdout } = await run("docker", ["ps", "-q", "--filter", `label=com.docker.compose.project=${project}`]);
    expect(stdout.trim()).toBe((await workspace.id()).slice(0, 12));
    await workspace.restart();
    const path = compose.length === 1 ? ["--docker-compose-path", "docker-compose"] : [];
    expect(await workspace.cli("up", path)).toMatch(/BASIC +verified/);
  });

  claims("hosts", {
    host: "a dev container made with docker compose",
    image: "Debian 12, with Node 24",
    "clients that pulled": "docker, skopeo",
  });
});
