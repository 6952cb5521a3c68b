import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "../test/support/shell.ts";
import { COLLECTION_FOLDER, FEATURE_FOLDER, FEATURE_ID, isProgram, ROOT, readJson } from "./project.ts";
import { stage } from "./stage.ts";
import { writeTables } from "./support.ts";

/** Where this project publishes the Feature. */
const NAMESPACE = "registry-login/features";

/** The files that are made from devcontainer-feature.json and NOTES.md, by their paths; the collection must be staged. */
export async function generatedFiles(): Promise<Map<string, string>> {
  const feature = readJson(`features/${FEATURE_ID}/devcontainer-feature.json`);
  const collection = { sourceInformation: { source: "devcontainer-cli" }, features: [feature] };
  const cli = join(ROOT, "node_modules/.bin/devcontainer");
  await run(cli, [
    "features",
    "generate-docs",
    "--project-folder",
    join(COLLECTION_FOLDER, "src"),
    "--namespace",
    NAMESPACE,
  ]);
  const readme = readFileSync(join(COLLECTION_FOLDER, "src", FEATURE_ID, "README.md"), "utf8");
  return new Map([
    [join(ROOT, "devcontainer-collection.json"), `${JSON.stringify(collection, null, 2)}\n`],
    [join(FEATURE_FOLDER, "README.md"), readme],
  ]);
}

if (isProgram(import.meta.url)) {
  writeTables();
  await stage();
  for (const [file, text] of await generatedFiles()) writeFileSync(file, text);
  console.log("wrote devcontainer-collection.json and the Feature's README.md");
}
