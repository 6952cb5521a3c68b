import { mkdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { secrets } from "../../support/temp-home.ts";
import { makeTortureHome } from "../../support/torture/home.ts";
import { startAgent } from "../../support/torture/process.ts";
import { createRandom } from "../../support/torture/random.ts";
import { askBrokenRegistries } from "../../support/torture/registries.ts";
import { startSilent } from "../../support/torture/servers.ts";

test("of each registry that misbehaves is told what happened, in time, and no password goes astray", async () => {
  expect(await askBrokenRegistries(3, createRandom(1))).toMatchObject({ losses: [], leaks: [] });
});

test("a registry that hangs and a lock that another process keeps do not add up beyond the limit", async () => {
  const home = makeTortureHome();
  const server = await startSilent();
  onTestFinished(async () => {
    await server.close();
    home.remove();
  });
  mkdirSync(home.state, { recursive: true, mode: 0o700 });
  const started = readFileSync("/proc/self/stat", "utf8").split(") ")[1]?.split(" ")[19];
  const namespace = readlinkSync("/proc/self/ns/pid");
  writeFileSync(join(home.state, "lock"), JSON.stringify({ pid: process.pid, started, namespace }));
  const env = { ...home.env, ...secrets("A", server.host, "bob", "planted") };
  const { exitCode, stdout, took } = await startAgent({ env, args: ["login", "--json", "--timeout", "4"] }).ended;
  expect(JSON.parse(stdout).registries).toMatchObject([{ outcome: "failed", code: "lock-held" }]);
  expect(exitCode).toBe(0);
  // 10 s, and what a busy machine takes to start a program.
  expect(took).toBeLessThan(13_000);
});
