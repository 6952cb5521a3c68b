import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { claims } from "../../support/claims.ts";
import { LOCAL_FEATURE } from "../../support/dev-container.ts";
import { TOOLS_IMAGE } from "../../support/images.ts";
import { startTestHost, type TestHost } from "../../support/test-host.ts";
import { makeWorkspace } from "../../support/workspace.ts";

let host: TestHost;

beforeAll(async () => {
  host = await startTestHost();
});

afterAll(async () => {
  await host?.remove();
});

describe("Hosts: the dev container CLI", () => {
  test("up --prebuild does not log in", async () => {
    expect(await host.workspace.cli("up", ["--prebuild"], { secrets: host.secrets })).not.toContain("BASIC");
    expect((await host.inspect()).exitCode).not.toBe(0);
  });

  test("up without secrets starts, and one line says that there are none", async () => {
    expect(await host.workspace.cli("up")).toContain("no registry secrets are set");
  });

  test("run-user-commands with the secrets file logs in even though every hook has already run", async () => {
    await host.workspace.restart();
    expect(await host.workspace.cli("run-user-commands", [], { secrets: host.secrets })).toMatch(/BASIC +verified/);
    expect((await host.inspect()).exitCode).toBe(0);
  });

  test("up on a running container keeps the login", async () => {
    await host.workspace.cli("up");
    expect((await host.inspect()).exitCode).toBe(0);
  });

  test("a restart with the secrets file logs in again", async () => {
    await host.workspace.restart();
    expect(await host.workspace.cli("up", [], { secrets: host.secrets })).toMatch(/BASIC +verified/);
    expect((await host.inspect()).exitCode).toBe(0);
  });

  test("a restart without the secrets file reports the lost login and what to do", async () => {
    await host.workspace.restart();
    const log = await host.workspace.cli("up");
    expect(log).toMatch(/BASIC +failed .*was lost when the container restarted/);
    expect(log).toContain("start the container again with the secrets of BASIC");
    expect((await host.inspect()).exitCode).not.toBe(0);
  });

  test("with the server and the user in devcontainer.json and only the password in the secrets file, the log names them", async () => {
    const { registry, user, secrets, image } = host;
    const open = makeWorkspace({
      image: TOOLS_IMAGE,
      remoteUser: "vscode",
      features: { [LOCAL_FEATURE]: { registries: `BASIC=${registry.host}` } },
      remoteEnv: { BASIC_CONTAINER_REGISTRY_USER: user.user },
      runArgs: ["--network=host"],
    });
    try {
      const BASIC_CONTAINER_REGISTRY_PASSWORD = user.password;
      const log = await open.cli("up", [], { secrets: { BASIC_CONTAINER_REGISTRY_PASSWORD } });
      expect(log).toMatch(new RegExp(`BASIC +verified +${registry.host} +as ${user.user}, stored in memory`));
      expect(log).not.toContain(user.password);
      const pulled = await open.sh(`skopeo inspect --tls-verify=false docker://${image}`);
      expect(pulled).toMatchObject({ exitCode: 0 });
      // The CLI masks whatever is in the file; the identifier is not a value, and stays.
      await open.restart();
      const masked = await open.cli("up", [], { secrets });
      expect(masked).toMatch(/BASIC +verified +\*{8} +as \*{8}, stored in memory/);
    } finally {
      await open.remove();
    }
  });

  claims("hosts", {
    host: "the dev container CLI (up, --prebuild, run-user-commands, restart)",
    image: "Debian 12, with Node 24",
    "clients that pulled": "skopeo",
  });
});
