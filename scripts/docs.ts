import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../test/support/shell.ts";
import { FEATURE_FOLDER, FEATURE_ID, isProgram, ROOT, readJson } from "./project.ts";
import { writeTables } from "./support.ts";
import { withTroubleshooting } from "./troubleshooting.ts";

/** Where this project publishes the Feature. */
const NAMESPACE = "registry-login/features";

const NOTES = join(FEATURE_FOLDER, "NOTES.md");

/** NOTES.md with all findings in its section "Troubleshooting". */
export function notes(): string {
  return withTroubleshooting(readFileSync(NOTES, "utf8"));
}

/** The files that are made from devcontainer-feature.json and NOTES.md, by their paths. */
export async function generatedFiles(): Promise<Map<string, string>> {
  const feature = readJson(`features/${FEATURE_ID}/devcontainer-feature.json`);
  const collection = { sourceInformation: { source: "devcontainer-cli" }, features: [feature] };
  const readme = await generateReadme();
  return new Map([
    [NOTES, notes()],
    [join(ROOT, "devcontainer-collection.json"), `${JSON.stringify(collection, null, 2)}\n`],
    [join(FEATURE_FOLDER, "README.md"), readme],
  ]);
}

/** On a copy of what it reads: the packaged Feature has no NOTES.md, since its README.md holds all of it. */
async function generateReadme(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "registry-login-docs-"));
  try {
    mkdirSync(join(folder, FEATURE_ID));
    for (const name of ["devcontainer-feature.json", "NOTES.md"]) {
      cpSync(join(FEATURE_FOLDER, name), join(folder, FEATURE_ID, name));
    }
    const cli = join(ROOT, "node_modules/.bin/devcontainer");
    await run(cli, ["features", "generate-docs", "--project-folder", folder, "--namespace", NAMESPACE]);
    return readFileSync(join(folder, FEATURE_ID, "README.md"), "utf8");
  } finally {
    rmSync(folder, { recursive: true });
  }
}

if (isProgram(import.meta.url)) {
  writeTables();
  writeFileSync(NOTES, notes());
  for (const [file, text] of await generatedFiles()) writeFileSync(file, text);
  console.log("wrote devcontainer-collection.json, and the Feature's NOTES.md and README.md");
}
