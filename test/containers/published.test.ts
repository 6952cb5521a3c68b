import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { claims } from "../support/claims.ts";
import { type DevContainer, PODMAN_RUN_ARGS, publishFeature, up } from "../support/dev-container.ts";
import { TOOLS_IMAGE } from "../support/images.ts";
import { newUser, PRIVATE_IMAGE, type Registry, secretsFor, startRegistry } from "../support/registry.ts";
import { run } from "../support/shell.ts";

const basic = newUser("basic");
const bearer = newUser("bearer");

let publishing: Registry;
let basicRegistry: Registry;
let bearerRegistry: Registry;
let feature: string;

beforeAll(async () => {
  publishing = await startRegistry({ kind: "none" });
  basicRegistry = await startRegistry(basic);
  bearerRegistry = await startRegistry(bearer);
  feature = await publishFeature(publishing.host);
});

afterAll(async () => {
  for (const registry of [publishing, basicRegistry, bearerRegistry]) await registry?.stop();
});

describe.each(["root", "vscode"])("a published Feature, as remoteUser %s", (remoteUser) => {
  let container: DevContainer;

  beforeAll(async () => {
    const { stdout: group } = await run("stat", ["-c", "%g", "/var/run/docker.sock"]);
    container = await up({
      config: {
        image: TOOLS_IMAGE,
        remoteUser,
        features: { [feature]: {} },
        // The group of the host engine's socket, for docker.
        runArgs: ["--network=host", `--group-add=${group.trim()}`, ...PODMAN_RUN_ARGS],
        mounts: ["type=bind,source=/var/run/docker.sock,target=/var/run/docker.sock"],
      },
      secrets: {
        ...secretsFor("BASIC", basicRegistry, basic),
        ...secretsFor("BEARER", bearerRegistry, bearer),
        ...secretsFor(
          "WRONG",
          { host: basicRegistry.host.replace("localhost", "127.0.0.1") },
          { ...basic, password: "not-the-password" },
        ),
      },
    });
  });

  afterAll(async () => {
    await container?.remove();
  });

  test("the hook reports each registry, and the wrong password", () => {
    // The dev container CLI masks every value of the secrets file in its log, host names too.
    expect(container.log).toMatch(/BASIC +verified .* stored in memory/);
    expect(container.log).toMatch(/BEARER +verified .* stored in memory/);
    expect(container.log).toMatch(/WRONG +rejected .* rejected the login \(401 Unauthorized\)/);
    expect(container.log).toContain("check WRONG_CONTAINER_REGISTRY_USER and WRONG_CONTAINER_REGISTRY_PASSWORD");
  });

  test("the shell that pulls has none of the secrets", async () => {
    const { stdout } = await container.sh("env");
    expect(stdout).not.toContain("CONTAINER_REGISTRY");
  });

  const pulls = {
    docker: (image: string) => `docker pull -q ${image} && docker rmi ${image}`,
    skopeo: (image: string) => `skopeo copy --src-tls-verify=false docker://${image} dir:$(mktemp -d)`,
    podman: (image: string) => `podman --storage-driver=vfs pull -q --tls-verify=false ${image}`,
  };
  const table = Object.entries(pulls).flatMap(([client, pull]) =>
    [basic.kind, bearer.kind].map((kind) => ({ client, kind, pull })),
  );

  test.each(table)("$client pulls a private image ($kind)", async ({ kind, pull }) => {
    const { host } = kind === "basic" ? basicRegistry : bearerRegistry;
    const pulled = await container.sh(pull(`${host}/${PRIVATE_IMAGE}`));
    expect(pulled.output).not.toMatch(/unauthorized|denied/i);
    expect(pulled.exitCode).toBe(0);
  });

  test("without the credential the pull is rejected", async () => {
    const image = `${basicRegistry.host}/${PRIVATE_IMAGE}`;
    const pulled = await container.sh(`skopeo inspect --no-creds --tls-verify=false docker://${image}`);
    expect(pulled.exitCode).not.toBe(0);
    expect(pulled.output).toMatch(/unauthorized|authentication required/i);
  });

  claims("clients", ...Object.keys(pulls).map((name) => ({ client: `${name} pull`, registry: "Basic and Bearer" })));
});
