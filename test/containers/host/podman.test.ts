import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { PODMAN_RUN_ARGS } from "../../support/dev-container.ts";
import { hookLine, PROGRAM } from "../../support/host-setup.ts";
import { type HostMachine, startHostMachine } from "../../support/machine-container.ts";
import { type PrivateThings, publishPrivateThings } from "../../support/private-things.ts";
import { newUser, type Registry, secretsFor, startRegistry } from "../../support/registry.ts";
import { tempFolder } from "../../support/temp-home.ts";
import { type NpmRegistry, publishOurPackage } from "../../support/verdaccio.ts";

// podman as the engine: it reads a file of its own, and no credential store.

const owner = newUser("basic");

let npm: NpmRegistry;
let registry: Registry;
let things: PrivateThings;

beforeAll(async () => {
  npm = await publishOurPackage();
  registry = await startRegistry(owner);
  things = await publishPrivateThings(registry, owner);
});

afterAll(async () => {
  await registry?.stop();
  await npm?.close();
});

const UP = "devcontainer up --docker-path podman --workspace-folder work";

/** A machine whose podman runs containers inside of one. */
async function startPodmanMachine(): Promise<HostMachine> {
  const folder = tempFolder();
  const files = {
    // Without the kernel's overlay, which is in use already.
    "storage.conf": '[storage]\ndriver = "vfs"\nrunroot = "/run/containers"\ngraphroot = "/var/lib/containers"\n',
    "containers.conf":
      '[containers]\ncgroups = "disabled"\ndefault_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]\n',
    "registries.conf": `[[registry]]\nlocation = "${registry.host}"\ninsecure = true\n`,
  };
  const mounts = Object.entries(files).map(([name, text]) => {
    writeFileSync(join(folder, name), text);
    return `--volume=${join(folder, name)}:/etc/containers/${name}:ro`;
  });
  return await startHostMachine({
    store: "pass",
    user: "root",
    npm,
    createArgs: [...PODMAN_RUN_ARGS, "--cap-add=NET_ADMIN", "--security-opt=systempaths=unconfined", ...mounts],
  });
}

test("a private base image is pulled by podman with one line, and the login is gone after logout", async () => {
  const machine = await startPodmanMachine();
  try {
    const before = await machine.snapshot();
    const up = async (more: Readonly<Record<string, unknown>> = {}) => {
      const config = { image: things.image, runArgs: ["--network=host"], ...more };
      await machine.write("work/.devcontainer/devcontainer.json", JSON.stringify(config));
      return await machine.sh(UP, secretsFor("TEAM", registry, owner));
    };
    expect((await up()).output).toContain(`Command failed: podman pull ${things.image}`);

    const started = await up({ initializeCommand: hookLine(" --docker-path podman") });
    expect(started.output).toContain(`TEAM  verified  ${registry.host}  as ${owner.user}, stored`);
    expect(started.output).toContain('"outcome":"success"');
    const inContainer = "devcontainer exec --docker-path podman --workspace-folder work true";
    expect(await machine.sh(inContainer)).toMatchObject({ exitCode: 0 });
    const podmanLogin = () => machine.sh(`podman login --get-login ${registry.host}`);
    expect(await podmanLogin()).toMatchObject({ stdout: `${owner.user}\n` });
    expect(await machine.sh(`${PROGRAM} logout --all`)).toMatchObject({ exitCode: 0, stderr: "" });
    expect(await podmanLogin()).toMatchObject({ stdout: "", stderr: expect.stringContaining("not logged into") });
    expect(await machine.snapshot()).toEqual(before);
  } finally {
    await machine.remove();
  }
});
