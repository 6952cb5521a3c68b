import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ROOT } from "../../scripts/project.ts";
import { claims } from "../support/claims.ts";
import { CLIENTS_IMAGE, ensureClientsImage } from "../support/clients-image.ts";
import { type DevContainer, LOCAL_FEATURE, PODMAN_RUN_ARGS, up } from "../support/dev-container.ts";
import { BASE_IMAGE } from "../support/images.ts";
import { newUser, PRIVATE_IMAGE, type Registry, secretsFor, startRegistry } from "../support/registry.ts";
import { type Ran, run } from "../support/shell.ts";

const basic = newUser("basic");
const bearer = newUser("bearer");

let registries: Record<"basic" | "bearer", Registry>;
let container: DevContainer;

beforeAll(async () => {
  await ensureClientsImage();
  registries = { basic: await startRegistry(basic), bearer: await startRegistry(bearer) };
  container = await up({
    config: {
      image: CLIENTS_IMAGE,
      features: { [LOCAL_FEATURE]: {} },
      runArgs: ["--network=host", ...PODMAN_RUN_ARGS],
      mounts: ["type=bind,source=/var/run/docker.sock,target=/var/run/docker.sock"],
    },
    secrets: { ...secretsFor("BASIC", registries.basic, basic), ...secretsFor("BEARER", registries.bearer, bearer) },
  });
  await run("docker", ["cp", join(ROOT, "node_modules/@devcontainers/cli"), `${container.id}:/opt/devcontainer`]);
  await container.sh("ln -s /opt/devcontainer/devcontainer.js /usr/local/bin/devcontainer");
});

afterAll(async () => {
  await container?.remove();
  for (const registry of Object.values(registries ?? {})) await registry.stop();
});

const KINDS = ["basic", "bearer"] as const;

/** The start of a shell command that works in a new folder, with the image's name in $image and the registry in $host. */
function inNewFolder({ host }: Registry): string {
  return `set -e; host=${host}; image=$host/${PRIVATE_IMAGE}; cd $(mktemp -d);`;
}

/** The same command for somebody who is not logged in. */
const WITHOUT_LOGIN = "export HOME=$(mktemp -d);";

const CONTAINERFILE = `printf 'FROM %s\\nLABEL built=here\\n' $image >Dockerfile;`;
const COMPOSE = `export COMPOSE_DOCKER_CLI_BUILD=0 COMPOSE_PROJECT_NAME=near$$; printf 'services: {a: {image: %s}}' $image >docker-compose.yml;`;
const COMPOSE_BUILD = `${CONTAINERFILE} ${COMPOSE} printf 'services: {a: {build: .}}' >docker-compose.yml; docker-compose build --pull; docker rmi near$$_a $image`;
const VFS = "--storage-driver=vfs";

/** A build is FROM the private image. */
const CLIENTS = {
  "docker build (classic)": `${CONTAINERFILE} DOCKER_BUILDKIT=0 docker build --pull -t near-$$ .; docker rmi near-$$ $image`,
  "docker-compose pull (docker-py)": `${COMPOSE} docker-compose pull; docker rmi $image`,
  "docker-compose build (docker-py)": COMPOSE_BUILD,
  "podman build": `${CONTAINERFILE} podman ${VFS} build --isolation=chroot --pull-always --tls-verify=false .`,
  "buildah pull": `buildah ${VFS} pull --policy=always --tls-verify=false $image`,
  "buildah build": `${CONTAINERFILE} buildah ${VFS} build --isolation=chroot --pull-always --tls-verify=false .`,
};

const table = Object.entries(CLIENTS).flatMap(([client, command]) => KINDS.map((kind) => ({ client, kind, command })));

describe("Clients in a shell without the secrets, with a private image", () => {
  test.each(table)("$client pulls ($kind)", async ({ kind, command }) => {
    const pulled = await container.sh(inNewFolder(registries[kind]) + command);
    expect(pulled.output).not.toMatch(/unauthorized|denied/i);
    expect(pulled.exitCode, pulled.output).toBe(0);
  });

  test.each(Object.entries(CLIENTS))("%s is rejected without our login", async (_, command) => {
    const pulled = await container.sh(WITHOUT_LOGIN + inNewFolder(registries.basic) + command);
    expect(pulled.output).toMatch(
      /unauthorized|authentication required|no basic auth|access to the resource is denied/i,
    );
    expect(pulled.exitCode).not.toBe(0);
  });

  test("docker-compose build (docker-py) pulls when our helper is the default store, whose list it reads", async () => {
    const store = `export DOCKER_CONFIG=$PWD; echo '{"credsStore":"registry-login"}' >config.json;`;
    const pulled = await container.sh(inNewFolder(registries.basic) + store + COMPOSE_BUILD);
    expect(pulled.exitCode, pulled.output).toBe(0);
  });

  claims("clients", ...Object.keys(CLIENTS).map((client) => ({ client, registry: "Basic and Bearer" })));
});

describe.each(KINDS)("helm (oras-go), at a registry with %s", (kind) => {
  const helm = (command: string): Promise<Ran> => container.sh(inNewFolder(registries[kind]) + command);

  test("helm pushes and pulls a chart", async () => {
    const ran = await helm(
      "helm create hello; helm package hello; helm push --plain-http hello-0.1.0.tgz oci://$host/charts;" +
        "mkdir pulled; helm pull --plain-http -d pulled oci://$host/charts/hello; cmp hello-0.1.0.tgz pulled/hello-0.1.0.tgz",
    );
    expect(ran.exitCode, ran.output).toBe(0);
  });

  test("helm is rejected without our login", async () => {
    const ran = await helm(`${WITHOUT_LOGIN} helm pull --plain-http oci://$host/charts/hello`);
    expect(ran.output).toMatch(/unauthorized|authentication required|basic credential not found/i);
    expect(ran.exitCode).not.toBe(0);
  });

  claims("clients", {
    client: `helm push and pull (oras-go), ${kind}`,
    registry: kind === "basic" ? "Basic" : "Bearer",
  });
});

describe("trivy image (go-containerregistry)", () => {
  const trivy = (before: string): Promise<Ran> =>
    container.sh(`${before}${inNewFolder(registries.bearer)} trivy image --image-src remote --format cyclonedx $image`);

  test("trivy image pulls (bearer)", async () => {
    const { stdout, exitCode, output } = await trivy("");
    expect(exitCode, output).toBe(0);
    expect(JSON.parse(stdout).metadata.component.name).toBe(`${registries.bearer.host}/${PRIVATE_IMAGE}`);
  });

  // This build of it does not say why.
  test("trivy image sees nothing without our login", async () => {
    expect(await trivy(WITHOUT_LOGIN)).toMatchObject({ exitCode: 1, stdout: "" });
  });

  claims("clients", { client: "trivy image (go-containerregistry)", registry: "Bearer" });
});

describe.each(KINDS)("the dev container CLI, with a Feature in a private registry (%s)", (kind) => {
  const FEATURE = "acme/features/greeting";
  const cli = (command: string): Promise<Ran> => container.sh(inNewFolder(registries[kind]) + command);

  beforeAll(async () => {
    const published = await cli(
      `mkdir greeting; echo '{"id":"greeting","version":"1.0.0","name":"Greeting"}' >greeting/devcontainer-feature.json;` +
        "echo 'echo hello >/greeting' >greeting/install.sh;" +
        "devcontainer features publish --registry $host --namespace acme/features .",
    );
    expect(published.exitCode, published.output).toBe(0);
  });

  test("devcontainer features info reads it", async () => {
    const { stdout, exitCode, output } = await cli(
      `devcontainer features info tags $host/${FEATURE} --output-format json`,
    );
    expect(exitCode, output).toBe(0);
    expect(JSON.parse(stdout).publishedTags).toEqual(expect.arrayContaining(["1.0.0", "latest"]));
  });

  test("devcontainer features info is rejected without our login", async () => {
    const { exitCode, output } = await cli(`${WITHOUT_LOGIN} devcontainer features info manifest $host/${FEATURE}`);
    expect(output).toMatch(/no manifest found|unauthorized|401/i);
    expect(exitCode).not.toBe(0);
  });

  test("devcontainer up installs it", async () => {
    const started = await cli(
      `mkdir .devcontainer; echo '{"image":"${BASE_IMAGE}","workspaceMount":"","workspaceFolder":"/","features":{"'$host/${FEATURE}':1":{}}}' >.devcontainer/devcontainer.json;` +
        "devcontainer up --workspace-folder .",
    );
    const id = /"containerId":"([0-9a-f]+)"/.exec(started.stdout)?.[1];
    expect(id, started.output).toBeDefined();
    const { stdout: image } = await run("docker", ["inspect", "-f", "{{.Config.Image}}", id ?? ""]);
    const greeting = await run("docker", ["exec", id ?? "", "cat", "/greeting"]);
    await run("docker", ["rm", "-f", "-v", id ?? ""]);
    await run("docker", ["rmi", image.trim()]);
    expect(greeting.stdout).toBe("hello\n");
  });

  const client = `the dev container CLI, with a private Feature, ${kind}`;
  claims("clients", { client, registry: kind === "basic" ? "Basic" : "Bearer" });
});
