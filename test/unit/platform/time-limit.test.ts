import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { withTimeLimit } from "../../../src/platform/time-limit.ts";
import { collect } from "../../support/agent.ts";

const MODULE = fileURLToPath(new URL("../../../src/platform/time-limit.ts", import.meta.url));

const never = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => signal.addEventListener("abort", () => reject(new Error("time is over"))));

test("the result of work that ends in time is returned, and its error thrown", async () => {
  expect(await withTimeLimit(60_000, async () => 1)).toBe(1);
  await expect(withTimeLimit(60_000, () => Promise.reject(new Error("of the work")))).rejects.toThrow("of the work");
  await expect(withTimeLimit(1, never)).rejects.toThrow("time is over");
});

test("a process that waits for nothing else does not end before", async () => {
  const program = `
    const { withTimeLimit } = await import(${JSON.stringify(MODULE)});
    const wait = (signal) => new Promise((resolve) => signal.addEventListener("abort", () => resolve("time is over")));
    withTimeLimit(100, wait).then((text) => process.stdout.write(text));`;
  const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", program]);
  expect(await collect(child, "")).toEqual({ stdout: "time is over", stderr: "", exitCode: 0 });
});
