import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { AGENT_FOLDER } from "../../scripts/project.ts";
import { makeHome, secrets } from "../support/temp-home.ts";
import { type Ended, startProgram } from "../support/torture/process.ts";

const COUNTER = join(import.meta.dirname, "../support/count-reads.cjs");

/** Runs a file of the built agent. @returns how it ended, and how often it read the state file */
async function countReads(
  home: string,
  command: readonly string[],
  env: Readonly<Record<string, string>> = {},
  stdin = "",
): Promise<Ended & { readonly reads: number }> {
  const file = join(home, "reads");
  const world = { ...env, HOME: home, COUNT_READS: file };
  const ended = await startProgram(process.execPath, ["--require", COUNTER, ...command], world, stdin).ended;
  return { ...ended, reads: Number(readFileSync(file, "utf8")) };
}

const MAIN = join(AGENT_FOLDER, "main.cjs");
const HELPER = join(AGENT_FOLDER, "helper.cjs");
const A = secrets("A", "a.example", "bob", "a-password");
const B = secrets("B", "b.example", "bob", "b-password");

test("a command opens the store once: its state file is read once per login and per get that the agent answers", async () => {
  const { folder } = makeHome();
  const login = [MAIN, "login", "--no-verify", "--storage", "disk", "--json"];
  // The first finds no folder; later ones find a file to read.
  const first = await countReads(folder, login, A);
  const changed = await countReads(folder, login, { ...A, ...B });
  const unchanged = await countReads(folder, login, { ...A, ...B });
  const get = await countReads(folder, [HELPER, "credential-helper", "get"], {}, "a.example");
  const miss = await countReads(folder, [HELPER, "credential-helper", "get"], {}, "c.example");
  const status = await countReads(folder, [MAIN, "status", "--json"]);
  expect(JSON.parse(get.stdout)).toMatchObject({ Secret: "a-password" });
  const reads = [first, changed, unchanged, get, miss, status].map((each) => [each.exitCode, each.reads]);
  expect(reads).toEqual([
    [0, 0],
    [0, 1],
    [0, 1],
    [0, 1],
    [1, 1],
    [0, 1],
  ]);
});

test("a get for a host without a login does not load what only other starts need", async () => {
  const { folder } = makeHome();
  const script = `process.argv.splice(1, 0, "helper");
process.on("exit", () => console.error(process.moduleLoadList.join("\\n")));
require(${JSON.stringify(HELPER)});`;
  const command = ["-e", script, "credential-helper", "get"];
  const { stdout, stderr } = await startProgram(process.execPath, command, { HOME: folder }, "c.example").ended;
  expect(stdout).toBe("credentials not found in native keychain\n");
  const loaded = stderr
    .split("\n")
    .filter((name) => /^NativeModule (?:crypto|https?|net|tls|dns|child_process)$/.test(name));
  expect(loaded).toEqual([]);
});
