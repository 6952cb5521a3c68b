import { randomUUID } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { AGENT_FOLDER, ROOT } from "../../scripts/project.ts";
import { HELPER_FOLDER } from "../support/clients.ts";
import { startLocalRegistry } from "../support/local-registry.ts";
import { type Ran, tryRun } from "../support/shell.ts";
import { secrets, tempFolder } from "../support/temp-home.ts";

const PASSWORD = "Hunter2-Hunter2";
const RECORDER = join(ROOT, "test/support/record-connections.cjs");

/** Runs commands of the bundled agent in a home of its own, and says whom they connected to. */
async function follow(...commands: readonly (readonly string[])[]) {
  const host = await startLocalRegistry(PASSWORD, "bearer");
  const [home, mark, file] = [tempFolder(), randomUUID(), join(tempFolder(), "connections")];
  const env = {
    ...secrets("TEAM", host, "bob", PASSWORD),
    HOME: home,
    PATH: `${HELPER_FOLDER}:/usr/bin:/bin`,
    DOCKER_CONFIG: join(home, ".docker"),
    CONNECTIONS: file,
    MARK: mark,
  };
  const ran: Ran[] = [];
  for (const args of commands) {
    const all = [
      "--require",
      RECORDER,
      join(AGENT_FOLDER, "main.cjs"),
      ...args.map((arg) => arg.replace("HOST", host)),
    ];
    ran.push(await tryRun(process.execPath, all, { env }));
  }
  const connections = existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : [];
  return { host, mark, ran, connections };
}

const LOGIN = ["login", "--storage", "disk"];

test("a login and the doctor connect to the registry alone", async () => {
  const { host, ran, connections } = await follow(LOGIN, ["doctor", "HOST/private/hello:1"]);
  expect(ran[0]).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("verified") });
  const [name, port] = host.split(":");
  // The doctor also looks for docker's engine on this machine.
  const known = [host, `127.0.0.1:${port}`, `lookup ${name}`, "/var/run/docker.sock"];
  expect(connections.filter((address) => !known.includes(address))).toEqual([]);
  expect(connections.length).toBeGreaterThan(1);
});

describe("without a network", () => {
  test.each([{ command: "plan" }, { command: "status" }, { command: "logout" }])(
    "$command connects to nobody",
    async ({ command }) => {
      const { ran, connections } = await follow([command, ...(command === "logout" ? ["--all"] : [])]);
      expect(ran[0]?.stdout).toMatch(/^registry-login/);
      expect(connections).toEqual([]);
    },
  );
});

test("no process of a login is left after it", async () => {
  const { mark, ran } = await follow(LOGIN);
  expect(ran[0]?.exitCode).toBe(0);
  const environments = readdirSync("/proc").flatMap((pid) => {
    try {
      return /^\d+$/.test(pid) ? readFileSync(`/proc/${pid}/environ`, "utf8") : [];
    } catch {
      // It has ended meanwhile, or is not ours to read.
      return [];
    }
  });
  expect(environments.length).toBeGreaterThan(0);
  expect(environments.filter((environment) => environment.includes(mark))).toEqual([]);
});
