import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type DevContainer, LOCAL_FEATURE, up } from "../support/dev-container.ts";
import { TOOLS_IMAGE } from "../support/images.ts";
import { newUser, PRIVATE_IMAGE, type Registry, secretsFor, startRegistry } from "../support/registry.ts";
import { run } from "../support/shell.ts";

const auth = newUser("basic");

let registry: Registry;

beforeAll(async () => {
  registry = await startRegistry(auth);
});

afterAll(async () => {
  await registry?.stop();
});

describe.each(["memory", "disk"])("after a restart without the secrets, with storage %s", (storage) => {
  let container: DevContainer;

  beforeAll(async () => {
    container = await up({
      config: { image: TOOLS_IMAGE, features: { [LOCAL_FEATURE]: { storage } }, runArgs: ["--network=host"] },
      secrets: secretsFor("BASIC", registry, auth),
    });
    await run("docker", ["restart", "--time=1", container.id]);
  });

  afterAll(async () => {
    await container?.remove();
  });

  const pull = () => container.sh(`skopeo inspect --tls-verify=false docker://${registry.host}/${PRIVATE_IMAGE}`);

  test(storage === "disk" ? "clients still pull" : "clients print why they cannot pull", async () => {
    const pulled = await pull();
    if (storage === "disk") expect(pulled.exitCode).toBe(0);
    else
      expect(pulled.output).toMatch(
        /was stored in memory and was lost when the container restarted; .*run registry-login where they are set/,
      );
  });

  test(storage === "disk" ? "the hook keeps the login" : "the hook reports the lost login, each time", async () => {
    for (let times = 0; times < 2; times++) {
      const hook = await container.sh("registry-login login --if-changed");
      expect(hook.exitCode).toBe(0);
      expect(hook.stdout).toMatch(
        storage === "disk" ? /BASIC +unchanged/ : /BASIC +failed .*lost when the container restarted/,
      );
    }
    const pulled = await pull();
    if (storage === "disk") expect(pulled.exitCode).toBe(0);
    else expect(pulled.output).toContain("was lost when the container restarted");
  });
});
