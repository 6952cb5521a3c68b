import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { claims } from "../../support/claims.ts";
import { LOCAL_FEATURE } from "../../support/dev-container.ts";
import { type HiddenRegistry, startHiddenRegistry } from "../../support/hidden-registry.ts";
import { TOOLS_IMAGE } from "../../support/images.ts";
import { PRIVATE_IMAGE, randomPassword, secretsFor } from "../../support/registry.ts";
import { makeWorkspace, type Workspace } from "../../support/workspace.ts";

const auth = { user: "basic-user", password: randomPassword() };

let registry: HiddenRegistry;
let workspace: Workspace;
let log: string;

beforeAll(async () => {
  registry = await startHiddenRegistry(auth.user, auth.password);
  workspace = makeWorkspace({
    image: TOOLS_IMAGE,
    features: { [LOCAL_FEATURE]: {} },
    // As much as an engine needs that only pulls.
    runArgs: [registry.network, "--cap-add=SYS_ADMIN", "--cap-add=NET_ADMIN", "--security-opt=seccomp=unconfined"],
  });
  log = await workspace.cli("up", [], { secrets: secretsFor("BASIC", registry, auth) });
});

afterAll(async () => {
  await workspace?.remove();
  await registry?.stop();
});

describe("Hosts: docker-in-docker", () => {
  const image = () => `${registry.host}/${PRIVATE_IMAGE}`;

  test("the hook logs in before there is an engine", async () => {
    expect(log).toMatch(/BASIC +verified/);
    expect((await workspace.sh("docker version")).exitCode).not.toBe(0);
    // An engine that is not there yet is not a problem.
    const doctor = await workspace.sh("registry-login doctor --json");
    expect(JSON.parse(doctor.stdout)).toMatchObject({ healthy: true, general: [] });
    expect(doctor.stdout).toContain("there is no docker engine here");
  });

  test("docker pulls when the engine in the container is up", async () => {
    const engine = "dockerd --storage-driver=vfs --iptables=false --ip6tables=false --bridge=none";
    await workspace.sh(`${engine} >/tmp/dockerd.log 2>&1 & until docker info || ! kill -0 $!; do sleep 0.2; done`);
    const pulled = await workspace.sh(`docker pull -q ${image()}`);
    expect(pulled.output + (await workspace.sh("tail -5 /tmp/dockerd.log")).output).toContain(image());
    expect(pulled.exitCode).toBe(0);
    // The image is in that engine, not in the machine's.
    expect((await workspace.sh("docker images -q")).stdout.trim()).not.toBe("");
  });

  test("without the login its pull is rejected", async () => {
    await workspace.sh(`docker rmi ${image()}`);
    const pulled = await workspace.sh(`docker --config /nonexistent pull -q ${image()}`);
    expect(pulled.output).toMatch(/no basic auth credentials|unauthorized/);
  });

  claims("hosts", {
    host: "docker-in-docker, its engine later than the hook",
    image: "Debian 12, with Node 24",
    "clients that pulled": "docker",
  });
});
