import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { type AgentResult, collect } from "../support/agent.ts";

const PROGRAM = fileURLToPath(new URL("../support/unfinished-process.ts", import.meta.url));

function run(...args: string[]): Promise<AgentResult> {
  return collect(spawn(process.execPath, ["--import", "tsx", PROGRAM, ...args]), "");
}

describe.each(["waits-for-nothing", "exits", "waits-for-a-timer-that-ends-it"])("a command that %s", (how) => {
  test.each([
    { flags: [], exitCode: 70 },
    { flags: ["--if-changed"], exitCode: 0 },
    { flags: ["--if-changed", "--strict"], exitCode: 70 },
  ])("is reported as a bug, with $flags", async ({ flags, exitCode }) => {
    expect(await run(how, ...flags)).toEqual({
      stdout: "",
      stderr: "registry-login: ended without a result; please report this as a bug\n",
      exitCode,
    });
  });
});
