import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { claims } from "../../support/claims.ts";
import { startTestHost, type TestHost } from "../../support/test-host.ts";

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

  claims("hosts", {
    host: "the dev container CLI (up, --prebuild, run-user-commands, restart)",
    image: "Debian 12, with Node 24",
    "clients that pulled": "skopeo",
  });
});
