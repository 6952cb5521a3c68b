import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { type EmbeddedRegistry, startEmbeddedRegistry } from "../support/embedded-registry.ts";
import { TOOLS_IMAGE } from "../support/images.ts";
import { KEEP } from "../support/keep.ts";
import { type As, type PlainContainer, startPlainContainer } from "../support/plain-container.ts";
import { PRIVATE_IMAGE, randomPassword, secretsFor } from "../support/registry.ts";
import { run } from "../support/shell.ts";

// Home folders and users as hosts change them after the build.

const login = { user: "home-user", password: randomPassword() };
const HOME = "/home/vscode";
const asUser: As = { user: "vscode", env: { HOME } };

let registry: EmbeddedRegistry;

beforeAll(async () => {
  registry = await startEmbeddedRegistry({ auth: "bearer", ...login });
});

afterAll(async () => {
  await registry?.close();
});

/** A container of the image with the Feature in it. */
async function installed(...runArgs: readonly string[]): Promise<PlainContainer> {
  const container = await startPlainContainer(TOOLS_IMAGE, { runArgs: ["--network=host", ...runArgs] });
  onTestFinished(() => container.remove());
  expect(await container.install()).toMatchObject({ exitCode: 0 });
  return container;
}

/** The hook, with the secrets. */
function hook(container: PlainContainer, as = asUser) {
  const env = { ...as.env, ...secretsFor("TEAM", registry, login) };
  return container.sh("registry-login login --if-changed", { ...as, env });
}

const pull = (container: PlainContainer, as = asUser) =>
  container.sh(`skopeo inspect --raw --tls-verify=false docker://${registry.host}/${PRIVATE_IMAGE}`, as);

test("the build does not change any home folder", async () => {
  const container = await installed();
  expect((await container.changes()).filter((line) => /\/(home|root)(\/|$)/.test(line))).toEqual([]);
});

test("a user whose id was changed after the build logs in and pulls", async () => {
  const container = await installed();
  // As the dev container CLI does it: the id, and the owner of the home folder, no more.
  await container.sh(`usermod -u 4711 vscode && groupmod -g 4711 vscode && chown -R 4711:4711 ${HOME}`);
  expect((await hook(container)).stdout).toMatch(/TEAM +verified/);
  expect((await container.sh("id -u; stat -c %u /dev/shm/registry-login-*", asUser)).stdout).toBe("4711\n4711\n");
  expect(await pull(container)).toMatchObject({ exitCode: 0 });
});

test("a home folder on a volume works in the next container, where the memory vault is lost", async () => {
  const volume = `registry-login-test-${process.pid}`;
  onTestFinished(async () => {
    if (!KEEP) await run("docker", ["volume", "rm", volume]);
  });
  for (let round = 1; round <= 2; round++) {
    const container = await installed(`--mount=type=volume,source=${volume},destination=${HOME}`);
    expect((await hook(container)).stdout).toMatch(/TEAM +verified/);
    expect(await pull(container)).toMatchObject({ exitCode: 0 });
  }
});

describe("a home folder that cannot be written", () => {
  const readOnly = `--tmpfs=${HOME}:ro,mode=755`;

  test("does not stop the container from starting, and the report names it", async () => {
    const { exitCode, stdout } = await hook(await installed(readOnly));
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/TEAM +failed .*\/home\/vscode\/.* cannot be written/);
    expect(stdout).toContain("-> check owner and mode of the home folder");
  });

  test("works if ~/.docker and ~/.local/state are writable", async () => {
    const writable = [".docker", ".local/state"].map((folder) => `--tmpfs=${HOME}/${folder}:mode=1777`);
    const container = await installed(readOnly, ...writable);
    expect((await hook(container)).stdout).toMatch(/TEAM +verified/);
    expect(await pull(container)).toMatchObject({ exitCode: 0 });
  });
});
