import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { claims } from "../../support/claims.ts";
import { envSecrets } from "../../support/codespace.ts";
import { LOCAL_FEATURE } from "../../support/dev-container.ts";
import { TOOLS_IMAGE } from "../../support/images.ts";
import {
  newUser,
  PRIVATE_IMAGE,
  type Registry,
  randomPassword,
  secretsFor,
  startRegistry,
} from "../../support/registry.ts";
import { makeWorkspace, type Workspace } from "../../support/workspace.ts";

const basic = newUser("basic");
const bearer = newUser("bearer");

/** What Codespaces itself writes into docker's configuration, and never corrects when a secret changes. */
const native = { auths: { "native.example": { auth: "bmF0aXZlOm5hdGl2ZQ==" } } };

let team: Registry;
let other: Registry;
let workspace: Workspace;
let codespaces: string;

/** The secrets file, which Codespaces writes anew when a secret changes. */
function writeSecrets(values: Readonly<Record<string, string>>): void {
  writeFileSync(join(codespaces, "shared/.env-secrets"), envSecrets(values));
}

function readShared(): Record<string, Record<string, unknown>> {
  return JSON.parse(readFileSync(join(codespaces, "share/.docker/config.json"), "utf8"));
}

async function expectPull({ host }: Registry): Promise<void> {
  const pulled = await workspace.sh(`skopeo inspect --tls-verify=false docker://${host}/${PRIVATE_IMAGE}`);
  expect(pulled).toMatchObject({ exitCode: 0 });
}

beforeAll(async () => {
  [team, other] = [await startRegistry(basic), await startRegistry(bearer)];
  codespaces = mkdtempSync(join(tmpdir(), "registry-login-codespaces-"));
  mkdirSync(join(codespaces, "shared"));
  mkdirSync(join(codespaces, "share/.docker"), { recursive: true });
  // The user in the container has another user id.
  for (const folder of ["", "share", "share/.docker"]) chmodSync(join(codespaces, folder), 0o777);
  workspace = makeWorkspace({
    image: TOOLS_IMAGE,
    remoteUser: "vscode",
    updateRemoteUserUID: false,
    features: { [LOCAL_FEATURE]: {} },
    // GitHub's registry is out of reach in a test: what counts is which token its clients would present.
    runArgs: ["--network=host", "--add-host=ghcr.io:127.0.0.1"],
    containerEnv: { CODESPACES: "true", GITHUB_USER: "octocat" },
    mounts: [`type=bind,source=${codespaces},target=/workspaces/.codespaces`],
    waitFor: "postStartCommand",
    // Codespaces' own login comes before postCreate, where there are secrets.
    updateContentCommand: `test ! -e /workspaces/.codespaces/shared/.env-secrets || { mkdir -p ~/.docker; echo '${JSON.stringify(native)}' >~/.docker/config.json; }`,
    // Between the phases docker's folder gives way to the share, which knows nothing of what the first hook wrote.
    postCreateCommand: "rm -rf ~/.docker && ln -s /workspaces/.codespaces/share/.docker ~/.docker",
  });
});

afterAll(async () => {
  await workspace?.remove();
  for (const registry of [team, other]) await registry?.stop();
  rmSync(codespaces, { recursive: true, force: true });
});

describe("Hosts: GitHub Codespaces", () => {
  const secrets = () => ({ ...secretsFor("TEAM", team, basic), GITHUB_TOKEN: "ghu_first" });

  test("a prebuild, whose disk everybody gets, contains nothing of ours even though it has the secrets", async () => {
    const log = await workspace.cli("up", ["--prebuild"], { secrets: secretsFor("TEAM", team, basic) });
    expect(log).not.toMatch(/TEAM +verified/);
    const left = await workspace.sh("ls -d ~/.docker ~/.local /dev/shm/registry-login-* 2>/dev/null; true");
    expect(left.stdout).toBe("");
  });

  test("the hooks log in from the secrets file and finish before the codespace opens", async () => {
    writeFileSync(join(codespaces, "share/.docker/config.json"), JSON.stringify(native));
    chmodSync(join(codespaces, "share/.docker/config.json"), 0o666);
    writeSecrets(secrets());
    const log = await workspace.cli("up", ["--skip-non-blocking-commands"]);
    expect(log).toMatch(/TEAM +verified .*stored in memory/);
    await expectPull(team);
  });

  test("docker's folder is still a symlink into the share, which has our entries next to the login of Codespaces", async () => {
    expect((await workspace.sh("readlink ~/.docker")).stdout).toBe("/workspaces/.codespaces/share/.docker\n");
    const line = "registry-login";
    expect(readShared()).toEqual({ ...native, credHelpers: { [team.host]: line, "ghcr.io": line } });
    expect((await workspace.sh("ls -A ~/.docker")).stdout).toBe("config.json\n");
  });

  test("GITHUB_TOKEN is read at each request and stored nowhere", async () => {
    const ask = async () =>
      JSON.parse((await workspace.sh("printf ghcr.io | docker-credential-registry-login get")).stdout);
    expect(await ask()).toMatchObject({ Username: "octocat", Secret: "ghu_first" });
    writeSecrets({ ...secrets(), GITHUB_TOKEN: "ghu_second" });
    expect(await ask()).toMatchObject({ Secret: "ghu_second" });
    const kept = await workspace.sh("grep -rl ghu_ ~/.local ~/.docker/ /dev/shm; true");
    expect(kept.stdout).toBe("");
  });

  test("a password that changes in the running codespace is used at the next pull", async () => {
    const rotated = { ...basic, password: randomPassword() };
    await team.letIn(rotated);
    writeSecrets({ ...secrets(), ...secretsFor("TEAM", team, rotated) });
    await expectPull(team);
    await team.letIn(basic);
    writeSecrets(secrets());
    await expectPull(team);
  });

  test("secrets that change later are used at the next run of registry-login, even if the shell has old ones", async () => {
    writeSecrets({ ...secrets(), ...secretsFor("OTHER", other, bearer) });
    const stale = secretsFor("TEAM", team, { ...basic, password: "the-old-password" });
    const login = await workspace.sh("registry-login", stale);
    expect(login.stdout).toMatch(/OTHER +verified/);
    expect(login.stdout).toMatch(/TEAM +(?:verified|unchanged)/);
    for (const registry of [team, other]) await expectPull(registry);
  });

  test("after a restart the hook logs in again", async () => {
    await workspace.restart();
    expect(await workspace.cli("up")).toMatch(/OTHER +verified/);
    for (const registry of [team, other]) await expectPull(registry);
  });

  test("after a rebuild, which keeps the share, entries without secrets are removed and the others work", async () => {
    writeSecrets(secretsFor("TEAM", team, basic));
    const log = await workspace.cli("up", ["--remove-existing-container"]);
    expect(log).toMatch(/TEAM +verified/);
    expect(readShared()).toEqual({ ...native, credHelpers: { [team.host]: "registry-login" } });
    await expectPull(team);
  });

  claims("hosts", {
    host: "GitHub Codespaces, simulated (prebuild, share, new token, restart, rebuild)",
    image: "Debian 12, with Node 24",
    "clients that pulled": "skopeo",
  });
});
