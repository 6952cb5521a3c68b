import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { claims } from "../../support/claims.ts";
import { SUDO_IMAGE } from "../../support/images.ts";
import { secretsFor } from "../../support/registry.ts";
import type { Ran } from "../../support/shell.ts";
import { startTestHost, type TestHost } from "../../support/test-host.ts";
import { engineSocket } from "../../support/workspace.ts";

let host: TestHost;
let log: string;

beforeAll(async () => {
  const { mount, group } = await engineSocket();
  host = await startTestHost({
    image: SUDO_IMAGE,
    updateRemoteUserUID: false,
    runArgs: ["--network=host", group],
    mounts: [mount],
    // Nothing of root's may go where the user's configuration is, whatever sudo keeps of the environment.
    remoteEnv: { DOCKER_CONFIG: "/home/vscode/docker-config" },
  });
  log = await host.workspace.cli("up", [], { secrets: host.secrets });
});

afterAll(async () => {
  await host?.remove();
});

const own = { DOCKER_CONFIG: "/home/vscode/docker-config" };
/** The same user, without the group that may use the engine's socket: sudo gives only those of /etc/group. */
const WITHOUT_GROUP = "sudo -n --preserve-env -H -u vscode";
const removeImage = () => host.workspace.sh(`docker rmi ${host.image}`);

describe("Hosts: docker-outside-of-docker", () => {
  test("docker pulls with the machine's engine, whose socket is mounted", async () => {
    expect(log).toMatch(/BASIC +verified/);
    expect(await host.workspace.sh(`docker pull -q ${host.image}`, own)).toMatchObject({ exitCode: 0 });
    await removeImage();
  });

  claims("hosts", {
    host: "docker-outside-of-docker",
    image: "Debian 12, with Node 24",
    "clients that pulled": "docker",
  });
});

describe("Hosts: sudo docker", () => {
  const sudoPull = (): Promise<Ran> => host.workspace.sh(`sudo docker pull -q ${host.image}`);
  const secrets = () => ({ ...own, ...host.secrets });

  test("is root's docker, which is not logged in without the option root", async () => {
    const pulled = await sudoPull();
    expect(pulled.exitCode).not.toBe(0);
    expect(pulled.output).toMatch(/no basic auth credentials|unauthorized|denied/);
  });

  test("the doctor names root's missing login where only sudo docker can use the engine", async () => {
    const { exitCode, output } = await host.workspace.sh(`${WITHOUT_GROUP} registry-login doctor`, secrets());
    expect(output).toContain("[engine-root-only]");
    expect(output).toContain("run registry-login --root");
    expect(exitCode).toBe(1);
    // Whose docker may use the engine has no such problem.
    const own = await host.workspace.sh("registry-login doctor", secrets());
    expect(own).toMatchObject({ exitCode: 0, output: expect.stringMatching(/ok +engine +docker's engine resolves/) });
  });

  test("the doctor names the socket's group where there is no sudo docker either", async () => {
    const asGuest = "sudo -n --preserve-env -H -u guest registry-login doctor";
    const { output, exitCode } = await host.workspace.sh(asGuest, host.secrets);
    expect(output).toContain("[engine-not-permitted]");
    expect(output).toContain("--group-add=");
    expect(exitCode).toBe(1);
  });

  test("with the option root it pulls, and the report says so", async () => {
    const login = await host.workspace.sh("registry-login --root", secrets());
    expect(login.stdout).toContain("root (sudo docker) is logged in too");
    expect(await sudoPull()).toMatchObject({ exitCode: 0 });
    await removeImage();
    const doctor = await host.workspace.sh(`${WITHOUT_GROUP} registry-login doctor`, secrets());
    expect(doctor.output).toContain("sudo docker uses root's login");
    expect(doctor.exitCode).toBe(0);
  });

  test("root and the user have separate vaults and configurations, and nothing in the user's home folder belongs to root", async () => {
    const vaults = await host.workspace.sh("sudo stat -c '%U %a' /dev/shm/registry-login-* | sort");
    expect(vaults.stdout).toBe("root 700\nvscode 700\n");
    const files = await host.workspace.sh("find ~ -user root; sudo cat /root/.docker/config.json");
    expect(JSON.parse(files.stdout)).toEqual({ credHelpers: { [host.registry.host]: "registry-login" } });
  });

  test("a shell without the secrets keeps both logins", async () => {
    const login = await host.workspace.sh("registry-login --root", own);
    expect(login.stdout).toMatch(/BASIC +unchanged.*\n +root \(sudo docker\) is logged in too/);
    expect(await sudoPull()).toMatchObject({ exitCode: 0 });
    await removeImage();
  });

  test("a password that is rejected now leaves both logins in use", async () => {
    const wrong = { ...own, ...secretsFor("BASIC", host.registry, { ...host.user, password: "revoked" }) };
    const login = await host.workspace.sh("registry-login --root", wrong);
    expect(login.stdout).toMatch(/BASIC +unchanged .* is still logged in with the login saved for BASIC/);
    expect(await sudoPull()).toMatchObject({ exitCode: 0 });
    await removeImage();
  });

  test("after a logout of root its pull fails", async () => {
    await host.workspace.sh("sudo registry-login logout --all");
    expect((await sudoPull()).exitCode).not.toBe(0);
  });

  test("where sudo asks for a password, the report says so, and the user's own login works", async () => {
    const asGuest = "sudo -n --preserve-env -H -u guest registry-login --root";
    const login = await host.workspace.sh(asGuest, host.secrets);
    expect(login.exitCode).toBe(0);
    expect(login.stdout).toMatch(/BASIC +verified/);
    expect(login.stdout).toContain("root (sudo docker) is not logged in: sudo requires a password");
  });

  claims("hosts", {
    host: "sudo docker, with the option root",
    image: "Debian 12, with Node 24",
    "clients that pulled": "docker",
  });
});
