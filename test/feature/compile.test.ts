import {
  chmodSync,
  copyFileSync,
  cpSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { AGENT_FOLDER, FEATURE_FOLDER } from "../../scripts/project.ts";
import { run } from "../support/shell.ts";
import { makeHome } from "../support/temp-home.ts";

/** The agent below a home folder, with the code that install.sh has made of it. */
async function compiled() {
  const home = makeHome();
  const agent = join(home.folder, "agent");
  cpSync(AGENT_FOLDER, agent, { recursive: true });
  await run(process.execPath, [join(FEATURE_FOLDER, "compile.cjs"), agent], { env: { TMPDIR: home.folder } });
  return { folder: home.folder, agent };
}

/** Asks the credential helper its version, and V8 whether it refused what lay there: null where nothing did. */
async function ask(agent: string, node = process.execPath): Promise<{ answer: string; refused: boolean | null }> {
  const ask = `process.argv.splice(1, 2, ${JSON.stringify(join(agent, "main.cjs"))}, "credential-helper", "version");
    process.on("exit", () => console.log(require(process.argv[1]).scripts.get("helper").cachedDataRejected ?? null));
    require(process.argv[1]);`;
  const { stdout } = await run(node, ["-e", ask, "x", "x"]);
  const [answer = "", refused = ""] = stdout.trim().split("\n");
  return { answer, refused: JSON.parse(refused) };
}

const codeOf = (agent: string): string => join(agent, readdirSync(agent).find((name) => name.endsWith(".code")) ?? "");

const VERSION = expect.stringMatching(/^docker-credential-registry-login \(registry-login\) \d/);

test("V8 takes the code that the installation laid, and nothing else was left there", async () => {
  const { folder, agent } = await compiled();
  expect(await ask(agent)).toEqual({ answer: VERSION, refused: false });
  expect(readdirSync(folder).sort()).toEqual(["agent"]);
});

test.each([
  ["of another program", "no code"],
  ["of nothing", ""],
  ["cut short", null],
])("code %s is none, and the helper answers all the same", async (_, text) => {
  const { agent } = await compiled();
  const code = codeOf(agent);
  writeFileSync(code, text ?? readFileSync(code).subarray(0, 1000));
  expect(await ask(agent)).toEqual({ answer: VERSION, refused: true });
});

test("a Node that took the place of the one it was made for does not get it", async () => {
  const { folder, agent } = await compiled();
  const other = join(folder, "node");
  copyFileSync(process.execPath, other);
  chmodSync(other, 0o755);
  truncateSync(other, statSync(other).size + 4096);
  expect(await ask(agent, other)).toEqual({ answer: VERSION, refused: null });
});
