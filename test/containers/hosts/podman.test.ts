import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { claims } from "../../support/claims.ts";
import { PODMAN_RUN_ARGS } from "../../support/dev-container.ts";
import { startTestHost, type TestHost } from "../../support/test-host.ts";

let host: TestHost;
let log: string;

/** A file of its own for podman, which is not there before the login. */
const REGISTRY_AUTH_FILE = "/home/vscode/auth/podman.json";

beforeAll(async () => {
  host = await startTestHost({
    updateRemoteUserUID: false,
    runArgs: ["--network=host", ...PODMAN_RUN_ARGS],
    remoteEnv: { REGISTRY_AUTH_FILE },
  });
  log = await host.workspace.cli("up", [], { secrets: host.secrets });
});

afterAll(async () => {
  await host?.remove();
});

// Each asks the registry every time, also for an image that another one has pulled.
const clients = {
  podman: (image: string) => `podman --storage-driver=vfs pull -q --tls-verify=false ${image}`,
  buildah: (image: string) => `buildah --storage-driver=vfs pull -q --policy=always --tls-verify=false ${image}`,
  skopeo: (image: string) => `skopeo inspect --tls-verify=false docker://${image}`,
};

describe.each(Object.entries(clients))("Hosts: rootless %s", (name, pull) => {
  const run = (variables: Record<string, string>) => host.workspace.sh(pull(host.image), variables);

  test("pulls", async () => {
    expect(await run({})).toMatchObject({ exitCode: 0 });
  });

  test("pulls with REGISTRY_AUTH_FILE set to a file that only the login created", async () => {
    expect(await run({ REGISTRY_AUTH_FILE })).toMatchObject({ exitCode: 0 });
  });

  test("pulls with XDG_RUNTIME_DIR set to a folder whose auth.json is for other repositories", async () => {
    const file = "/tmp/xdg-other/containers/auth.json";
    const other = JSON.stringify({ auths: { [`${host.registry.host}/other`]: { auth: "ZXZlOmV2ZQ==" } } });
    await host.workspace.sh(`mkdir -p /tmp/xdg-other/containers && echo '${other}' >${file}`);
    const variables = { XDG_RUNTIME_DIR: "/tmp/xdg-other" };
    await host.workspace.sh("registry-login", variables);
    expect(await run(variables)).toMatchObject({ exitCode: 0 });
    expect((await host.workspace.sh(`cat ${file}`)).stdout).toBe(`${other}\n`);
  });

  test("prefers a person's own login for the repository in that file", async () => {
    const own = JSON.stringify({ auths: { [`${host.registry.host}/private`]: { auth: "ZXZlOmV2ZQ==" } } });
    await host.workspace.sh(`mkdir -p /tmp/xdg-own/containers && echo '${own}' >/tmp/xdg-own/containers/auth.json`);
    const refused = await run({ XDG_RUNTIME_DIR: "/tmp/xdg-own" });
    expect(refused.exitCode).not.toBe(0);
    expect(refused.output).toMatch(/unauthorized|authentication required/);
  });

  claims("hosts", {
    host: `rootless ${name}, with REGISTRY_AUTH_FILE or XDG_RUNTIME_DIR too`,
    image: "Debian 12, with Node 24",
    "clients that pulled": name,
  });
});

test("Hosts: rootless podman: the doctor asks podman at docker's socket", async () => {
  const socket = "/tmp/podman.sock";
  await host.workspace.sh(`nohup podman --storage-driver=vfs system service -t 0 unix://${socket} >/dev/null 2>&1 &`);
  await host.workspace.sh(`until test -S ${socket}; do sleep 0.1; done`);
  // podman answers about a registry, and not about an image.
  for (const target of ["", host.image]) {
    const doctor = await host.workspace.sh(`registry-login doctor ${target}`, { DOCKER_HOST: `unix://${socket}` });
    expect(doctor.output).toMatch(/ok +engine +docker's engine resolves.*and its login is accepted/);
    expect(doctor.exitCode).toBe(0);
  }
});

test("Hosts: rootless podman: the entry in REGISTRY_AUTH_FILE is added and removed together with the one in docker's configuration", async () => {
  expect(log).toMatch(/BASIC +verified/);
  const read = async () => (await host.workspace.sh(`cat ${REGISTRY_AUTH_FILE}`)).stdout;
  expect(JSON.parse(await read())).toEqual({ credHelpers: { [host.registry.host]: "registry-login" } });
  await host.workspace.sh(`registry-login logout ${host.registry.host}`);
  // The login made the file.
  expect(await read()).toBe("");
});
