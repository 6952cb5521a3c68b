import { mkdirSync, rmSync } from "node:fs";
import { expect, test } from "vitest";
import { CATALOGUE } from "../../../../src/findings/finding.ts";
import { installHelper } from "../../../support/clients.ts";
import { makeHost } from "../../../support/host-machine.ts";
import { startLocalRegistry } from "../../../support/local-registry.ts";
import { secrets } from "../../../support/temp-home.ts";

const PASSWORD = "planted-secret-1";

/** Findings that only a container can lead to, and those about what a dev container is given. */
const OF_CONTAINERS = new Set(["config-mounted", "option-invalid"]);

test("no finding of a host speaks of its container, of the Feature, or of the folder where the Feature is installed", () => {
  // What is found in a repository is about its dev container.
  const { repository: _, ...topics } = CATALOGUE;
  const found = Object.values(topics)
    .flatMap((topic) => Object.entries(topic as Record<string, { message: string; hint: string }>))
    .filter(([, { message, hint }]) =>
      /\b(?:this|the) container\b|\/usr\/local\/bin|\bthe Feature/.test(message + hint),
    )
    .map(([code]) => code);
  expect(found.filter((code) => !OF_CONTAINERS.has(code))).toEqual([]);
});

test("a login that was lost on a host was not lost with a container", async () => {
  const machine = makeHost();
  const host = await startLocalRegistry(PASSWORD);
  const PATH = `${installHelper(machine.home)}:${machine.bin}`;
  const env = { ...secrets("A", host, "bob", PASSWORD), PATH };
  expect((await machine.run(["login", "--storage", "memory"], env)).stdout).toContain("stored in memory");
  rmSync(machine.home.memory, { recursive: true });
  mkdirSync(machine.home.memory, { mode: 0o700 });
  const { stdout } = await machine.run(["status"], { PATH });
  expect(stdout).toContain("was stored in memory and was lost when the machine restarted, or the session ended");
  expect(stdout).not.toContain("container");
  expect(stdout).toContain("run registry-login where the secrets of A are set");
});

test("a helper that is missing on a host is not looked for in the folder of the Feature", async () => {
  const machine = makeHost();
  const host = await startLocalRegistry(PASSWORD);
  const env = secrets("A", host, "bob", PASSWORD);
  const { stdout } = await machine.run(["login", "--storage", "disk"], env);
  expect(stdout).toContain("docker needs docker-credential-registry-login, which is not on the PATH");
  expect(stdout).toContain("add the folder of docker-credential-registry-login to the PATH");
});
