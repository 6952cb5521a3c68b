import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type DevContainer, LOCAL_FEATURE, PODMAN_RUN_ARGS, up } from "../support/dev-container.ts";
import { TOOLS_IMAGE } from "../support/images.ts";
import { PRIVATE_IMAGE, type Registry, secretsFor, startRegistry } from "../support/registry.ts";

const auth = { kind: "basic", user: "basic-user", password: randomBytes(16).toString("hex") } as const;

let registry: Registry;

beforeAll(async () => {
  registry = await startRegistry(auth);
});

afterAll(async () => {
  await registry?.stop();
});

/** What VS Code's helper does in a process that VS Code did not start, and what a helper says that knows nothing. */
const helpers = {
  "exits with 255": "exit 255",
  "says not found": "echo credentials not found in native keychain; exit 1",
};

describe.each(Object.entries(helpers))("next to a credsStore whose helper %s", (_, body) => {
  let container: DevContainer;

  beforeAll(async () => {
    const helper = "/usr/local/bin/docker-credential-dev-containers";
    const write = ["x", "y"].map(
      (name) => `printf '#!/bin/sh\\n${body}\\n' >${helper}-${name}; chmod 755 ${helper}-${name}`,
    );
    container = await up({
      config: {
        image: TOOLS_IMAGE,
        features: { [LOCAL_FEATURE]: {} },
        runArgs: ["--network=host", ...PODMAN_RUN_ARGS],
        mounts: ["type=bind,source=/var/run/docker.sock,target=/var/run/docker.sock"],
        // The first hook of all: the store is there before ours runs.
        onCreateCommand: [
          ...write,
          "mkdir -p ~/.docker",
          `echo '{"credsStore":"dev-containers-x"}' >~/.docker/config.json`,
        ].join(" && "),
      },
      secrets: secretsFor("BASIC", registry, auth),
    });
  });

  afterAll(async () => {
    await container?.remove();
  });

  async function expectPulls(): Promise<void> {
    const image = `${registry.host}/${PRIVATE_IMAGE}`;
    for (const pull of [
      `docker pull -q ${image} && docker rmi ${image}`,
      `skopeo inspect --tls-verify=false docker://${image}`,
      `podman --storage-driver=vfs pull -q --tls-verify=false ${image}`,
    ]) {
      const pulled = await container.sh(pull);
      expect(pulled, pull).toMatchObject({ exitCode: 0 });
    }
  }

  async function readConfig(): Promise<Record<string, unknown>> {
    return JSON.parse((await container.sh("cat ~/.docker/config.json")).stdout);
  }

  test("clients pull when it was there before the hook", async () => {
    expect(await readConfig()).toEqual({
      credsStore: "dev-containers-x",
      credHelpers: { [registry.host]: "registry-login" },
    });
    await expectPulls();
  });

  test("and when it is written after the hook, as at every attach", async () => {
    const edit = `const f = process.env.HOME + "/.docker/config.json", c = JSON.parse(fs.readFileSync(f)); c.credsStore = "dev-containers-y"; fs.writeFileSync(f, JSON.stringify(c, null, "\\t"))`;
    await container.sh(`node -e '${edit}'`);
    await expectPulls();
    await container.sh("registry-login");
    expect(await readConfig()).toEqual({
      credsStore: "dev-containers-y",
      credHelpers: { [registry.host]: "registry-login" },
    });
    await expectPulls();
  });
});
