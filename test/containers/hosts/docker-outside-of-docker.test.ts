import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { claims } from "../../support/claims.ts";
import { LOCAL_FEATURE } from "../../support/dev-container.ts";
import { SUDO_IMAGE } from "../../support/images.ts";
import { PRIVATE_IMAGE, type Registry, secretsFor, startRegistry } from "../../support/registry.ts";
import type { Ran } from "../../support/shell.ts";
import { engineSocket, makeWorkspace, type Workspace } from "../../support/workspace.ts";

const auth = { kind: "basic", user: "basic-user", password: randomBytes(16).toString("hex") } as const;

let registry: Registry;
let workspace: Workspace;
let log: string;

beforeAll(async () => {
  registry = await startRegistry(auth);
  const { mount, group } = await engineSocket();
  workspace = makeWorkspace({
    image: SUDO_IMAGE,
    remoteUser: "vscode",
    updateRemoteUserUID: false,
    features: { [LOCAL_FEATURE]: {} },
    runArgs: ["--network=host", group],
    mounts: [mount],
    // Nothing of root's may go where the user's configuration is, whatever sudo keeps of the environment.
    remoteEnv: { DOCKER_CONFIG: "/home/vscode/docker-config" },
  });
  log = await workspace.cli("up", [], { secrets: secretsFor("BASIC", registry, auth) });
});

afterAll(async () => {
  await workspace?.remove();
  await registry?.stop();
});

const image = () => `${registry.host}/${PRIVATE_IMAGE}`;
const own = { DOCKER_CONFIG: "/home/vscode/docker-config" };
const removeImage = () => workspace.sh(`docker rmi ${image()}`);

describe("Hosts: docker-outside-of-docker", () => {
  test("docker pulls with the machine's engine, whose socket is mounted", async () => {
    expect(log).toMatch(/BASIC +verified/);
    expect(await workspace.sh(`docker pull -q ${image()}`, own)).toMatchObject({ exitCode: 0 });
    await removeImage();
  });

  claims("hosts", {
    host: "docker-outside-of-docker",
    image: "Debian 12, with Node 24",
    "clients that pulled": "docker",
  });
});

describe("Hosts: sudo docker", () => {
  const sudoPull = (): Promise<Ran> => workspace.sh(`sudo docker pull -q ${image()}`);
  const secrets = () => ({ ...own, ...secretsFor("BASIC", registry, auth) });

  test("is root's docker, which a login without the option root does not log in", async () => {
    const pulled = await sudoPull();
    expect(pulled.exitCode).not.toBe(0);
    expect(pulled.output).toMatch(/no basic auth credentials|unauthorized|denied/);
  });

  test("with the option root it pulls, and the report says so", async () => {
    const login = await workspace.sh("registry-login --root", secrets());
    expect(login.stdout).toContain("root (sudo docker) is logged in too");
    expect(await sudoPull()).toMatchObject({ exitCode: 0 });
    await removeImage();
  });

  test("each of the two has a vault and a configuration of its own, and nothing of root's lies in the user's home", async () => {
    const vaults = await workspace.sh("sudo stat -c '%U %a' /dev/shm/registry-login-* | sort");
    expect(vaults.stdout).toBe("root 700\nvscode 700\n");
    const files = await workspace.sh("find ~ -user root; sudo cat /root/.docker/config.json");
    expect(JSON.parse(files.stdout)).toEqual({ credHelpers: { [registry.host]: "registry-login" } });
  });

  test("a shell without the secrets keeps both logins", async () => {
    const login = await workspace.sh("registry-login --root", own);
    expect(login.stdout).toMatch(/BASIC +unchanged.*\n +root \(sudo docker\) is logged in too/);
    expect(await sudoPull()).toMatchObject({ exitCode: 0 });
    await removeImage();
  });

  test("a password that is refused now is taken away from root, too", async () => {
    const wrong = { ...own, ...secretsFor("BASIC", registry, { ...auth, password: "revoked" }) };
    expect((await workspace.sh("registry-login --root", wrong)).stdout).toMatch(/BASIC +rejected/);
    const pulled = await sudoPull();
    expect(pulled.exitCode).not.toBe(0);
    expect(pulled.output).toContain("registry-login: ");
  });

  test("where sudo asks for a password, the report says so, and the user's own login works", async () => {
    const asGuest = "sudo -n --preserve-env -H -u guest registry-login --root";
    const login = await workspace.sh(asGuest, secretsFor("BASIC", registry, auth));
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
