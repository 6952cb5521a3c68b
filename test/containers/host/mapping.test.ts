import { copyFileSync, cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { COLLECTION_FOLDER, FEATURE_ID } from "../../../scripts/project.ts";
import { authOf } from "../../support/encoding.ts";
import { hookLine, PROGRAM } from "../../support/host-setup.ts";
import { buildImage } from "../../support/images.ts";
import { BUSYBOX_IMAGE, ensureInstallImages } from "../../support/install-images.ts";
import { type HostMachine, startHostMachine } from "../../support/machine-container.ts";
import { cleanEngine, pushImage } from "../../support/private-things.ts";
import { newUser, type Registry, secretsFor, startRegistry } from "../../support/registry.ts";
import { run } from "../../support/shell.ts";
import { type NpmRegistry, publishOurPackage } from "../../support/verdaccio.ts";
import { engineSocket } from "../../support/workspace.ts";

// devcontainer.json says once which registry the secrets are for: the host and the container both read it there.

const owner = newUser("basic");

let npm: NpmRegistry;
let registry: Registry;
let image: string;
let machine: HostMachine;

beforeAll(async () => {
  npm = await publishOurPackage();
  registry = await startRegistry(owner);
  image = await pushNodeImage();
  machine = await startHostMachine({ store: null, user: "vscode", npm });
});

afterAll(async () => {
  if (machine !== undefined) await cleanEngine(machine.folder, registry.host);
  await machine?.remove();
  await registry?.stop();
  await npm?.close();
});

/** Pushes an image in which our Feature can be installed without network. */
async function pushNodeImage(): Promise<string> {
  await ensureInstallImages(BUSYBOX_IMAGE);
  const folder = mkdtempSync(join(tmpdir(), "registry-login-node-"));
  const auth = authOf(owner.user, owner.password);
  writeFileSync(join(folder, "config.json"), JSON.stringify({ auths: { [registry.host]: { auth } } }));
  copyFileSync(process.execPath, join(folder, "node"));
  const name = "registry-login-test/busybox-node";
  await buildImage(name, folder, `FROM ${BUSYBOX_IMAGE}\nCOPY node /usr/local/bin/node\n`);
  await pushImage(name, `${registry.host}/team/node:1`, folder);
  rmSync(folder, { recursive: true });
  return `${registry.host}/team/node:1`;
}

test("two secrets log the host in for a private base image, and the container that is made from it", async () => {
  const before = await machine.snapshot();
  const { TEAM_CONTAINER_REGISTRY_SERVER: _, ...secrets } = secretsFor("TEAM", registry, owner);
  const config = {
    image,
    features: { [`./${FEATURE_ID}`]: { registries: `TEAM=${registry.host}`, storage: "plaintext" } },
    runArgs: ["--network=host"],
    remoteEnv: Object.fromEntries(Object.keys(secrets).map((name) => [name, `\${localEnv:${name}}`])),
  };
  const text = JSON.stringify({ ...config, initializeCommand: hookLine() });
  await machine.write("work/.devcontainer/devcontainer.json", text);
  const feature = join(machine.folder, "work/.devcontainer", FEATURE_ID);
  cpSync(join(COLLECTION_FOLDER, "src", FEATURE_ID), feature, { recursive: true });

  const started = await machine.sh("devcontainer up --workspace-folder work", secrets);
  const verified = `TEAM  verified  ${registry.host}  as ${owner.user}, stored`;
  expect(started.output.split(verified)).toHaveLength(3);
  expect(started.output).toContain('"outcome":"success"');
  const auths = await machine.sh("devcontainer exec --workspace-folder work cat /root/.docker/config.json");
  expect(JSON.parse(auths.stdout)).toMatchObject({ auths: { [registry.host]: { auth: expect.any(String) } } });

  expect(await machine.placeOf(registry.host)).toBe("auths");

  expect(await machine.sh(`${PROGRAM} logout --all`)).toMatchObject({ exitCode: 0, stderr: "" });
  expect(await machine.snapshot()).toEqual(before);
});

test("init sets a repository up: its private base image and service are pulled, and a private image inside", async () => {
  const before = await machine.snapshot();
  const { TEAM_CONTAINER_REGISTRY_SERVER: _, ...secrets } = secretsFor("TEAM", registry, owner);
  const docker = (await run("which", ["docker"])).stdout.trim();
  const [, socket = ""] = /source=([^,]+)/.exec((await engineSocket()).mount) ?? [];
  await machine.write(
    "set-up/compose.yml",
    `version: "3"
services:
  app:
    image: ${image}
    command: sleep 600
    network_mode: host
    volumes: ["${socket}:/var/run/docker.sock", "${docker}:/usr/bin/docker:ro", ".:/work"]
  database: { image: "${image}", command: sleep 600, network_mode: none }
`,
  );
  const written = `{
  // The Feature comes from a folder: this machine has no network.
  "dockerComposeFile": "../compose.yml",
  "service": "app",
  "workspaceFolder": "/work",
  "features": { "./${FEATURE_ID}": { "storage": "plaintext" } }
}
`;
  await machine.write("set-up/.devcontainer/devcontainer.json", written);
  await machine.write("secrets.json", JSON.stringify(secrets));
  const feature = join(machine.folder, "set-up/.devcontainer", FEATURE_ID);
  cpSync(join(COLLECTION_FOLDER, "src", FEATURE_ID), feature, { recursive: true });

  const up = "devcontainer up --workspace-folder set-up --secrets-file secrets.json";
  // The engine has what the other test has pulled.
  await cleanEngine(machine.folder, registry.host);
  expect((await machine.sh(up)).exitCode).toBe(1);
  const init = await machine.sh(`${PROGRAM} init --workspace-folder set-up --yes --registry TEAM=${registry.host}`);
  expect(init.output).toContain("changed .devcontainer/devcontainer.json");
  const started = await machine.sh(up, secrets);
  expect(started.output).toContain('"outcome":"success"');

  const inside = "devcontainer exec --workspace-folder set-up";
  const pulled = await machine.sh(`${inside} docker pull ${image}`);
  expect(pulled).toMatchObject({ exitCode: 0 });
  expect((await machine.sh(`${inside} env HOME=/nowhere docker pull ${image}`)).exitCode).toBe(1);

  expect(await machine.sh(`${PROGRAM} logout --all`)).toMatchObject({ exitCode: 0, stderr: "" });
  expect(await machine.snapshot()).toEqual(before);
});
