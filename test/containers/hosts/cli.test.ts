import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { claims } from "../../support/claims.ts";
import { LOCAL_FEATURE } from "../../support/dev-container.ts";
import { TOOLS_IMAGE } from "../../support/images.ts";
import { PRIVATE_IMAGE, type Registry, secretsFor, startRegistry } from "../../support/registry.ts";
import type { Ran } from "../../support/shell.ts";
import { makeWorkspace, type Workspace } from "../../support/workspace.ts";

const auth = { kind: "basic", user: "basic-user", password: randomBytes(16).toString("hex") } as const;

let registry: Registry;
let workspace: Workspace;
let secrets: Record<string, string>;

const pull = (): Promise<Ran> =>
  workspace.sh(`skopeo inspect --tls-verify=false docker://${registry.host}/${PRIVATE_IMAGE}`);

beforeAll(async () => {
  registry = await startRegistry(auth);
  secrets = secretsFor("BASIC", registry, auth);
  workspace = makeWorkspace({
    image: TOOLS_IMAGE,
    remoteUser: "vscode",
    features: { [LOCAL_FEATURE]: {} },
    runArgs: ["--network=host"],
  });
});

afterAll(async () => {
  await workspace?.remove();
  await registry?.stop();
});

describe("Hosts: the dev container CLI", () => {
  test("up --prebuild logs nobody in", async () => {
    expect(await workspace.cli("up", ["--prebuild"], { secrets })).not.toContain("BASIC");
    expect((await pull()).exitCode).not.toBe(0);
  });

  test("up without secrets says so in one line and starts", async () => {
    expect(await workspace.cli("up")).toContain("no registry secrets are set");
  });

  test("run-user-commands with the secrets file logs in, though every hook ran already", async () => {
    await workspace.restart();
    expect(await workspace.cli("run-user-commands", [], { secrets })).toMatch(/BASIC +verified/);
    expect((await pull()).exitCode).toBe(0);
  });

  test("up on a running container leaves the login as it is", async () => {
    await workspace.cli("up");
    expect((await pull()).exitCode).toBe(0);
  });

  test("a restart with the secrets file logs in again", async () => {
    await workspace.restart();
    expect(await workspace.cli("up", [], { secrets })).toMatch(/BASIC +verified/);
    expect((await pull()).exitCode).toBe(0);
  });

  test("a restart without it tells what is gone, and what to do", async () => {
    await workspace.restart();
    const log = await workspace.cli("up");
    expect(log).toMatch(/BASIC +failed .*was lost when the container restarted/);
    expect(log).toContain("start the container again with the secrets of BASIC");
    expect((await pull()).exitCode).not.toBe(0);
  });

  claims("hosts", {
    host: "the dev container CLI (up, --prebuild, run-user-commands, restart)",
    image: "Debian 12, with Node 24",
    "clients that pulled": "skopeo",
  });
});
