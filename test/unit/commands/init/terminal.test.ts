import { spawn } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "../../../../scripts/project.ts";
import { layOut, parseStrictly } from "../../../support/init-shapes.ts";

const CONFIG = ".devcontainer/devcontainer.json";
const [ENTER, INTERRUPT] = ["\r", "\u0003"];

/** Runs `init` in a terminal; each answer is typed when its question is shown. @returns what the terminal shows */
async function inTerminal(
  folder: string,
  answers: readonly (readonly [question: string, keys: string])[],
): Promise<string> {
  const program = [process.execPath, "--import", import.meta.resolve("tsx"), join(ROOT, "src/host.ts"), "init"];
  const command = `stty cols 100 rows 40; ${program.map((word) => `'${word}'`).join(" ")}; echo "exit $?"`;
  const env = { HOME: folder, PATH: process.env.PATH, TERM: "xterm", LANG: "C.UTF-8", SHELL: "/bin/sh" };
  const child = spawn("script", ["--quiet", "--command", command, "/dev/null"], { cwd: folder, env });
  let [shown, asked] = ["", 0];
  child.stdout.on("data", (chunk: Buffer) => {
    shown += chunk.toString("utf8");
    const [question, keys = ""] = answers[asked] ?? [];
    if (question === undefined || !shown.includes(question)) return;
    asked++;
    // The question is there before its keys are read.
    setImmediate(() => child.stdin.write(keys));
  });
  await new Promise((resolve) => child.on("close", resolve));
  return shown;
}

test.each([
  { title: "confirms", last: ENTER, exit: "exit 0" },
  { title: "interrupts", last: INTERRUPT, exit: "exit 2" },
])("a person who answers each question, and $title", async ({ last, exit }) => {
  const { folder, read } = layOut({ [CONFIG]: '{ "image": "registry.acme.example/a/b:1" }' });
  const shown = await inTerminal(folder, [
    ["Which of these registries need a login?", ENTER],
    ["Identifier for registry.acme.example", ENTER],
    ["How do the values come into the container", ENTER],
    ["Write these changes?", last],
  ]);
  expect(shown).toContain(exit);
  const config = parseStrictly(read(CONFIG)) as Record<string, unknown>;
  expect("features" in config).toBe(last === ENTER);
});
