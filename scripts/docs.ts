import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../test/support/shell.ts";
import { withFeatureOptions, withInstallerOptions } from "./feature-options.ts";
import { FEATURE_FOLDER, FEATURE_ID, isProgram, ROOT } from "./project.ts";
import { writeTables } from "./support.ts";
import { codesPage, withTroubleshooting } from "./troubleshooting.ts";

/** Where this project publishes the Feature. */
const NAMESPACE = "registry-login/features";

const NOTES = join(FEATURE_FOLDER, "NOTES.md");

/** NOTES.md with all findings in its section "Troubleshooting". */
export function notes(): string {
  return withTroubleshooting(readFileSync(NOTES, "utf8"));
}

const FEATURE = join(FEATURE_FOLDER, "devcontainer-feature.json");
const INSTALLER = join(FEATURE_FOLDER, "install.sh");

/** The files that are made from the table of options, the findings and NOTES.md, by their paths. */
export async function generatedFiles(): Promise<Map<string, string>> {
  const feature = await withFeatureOptions(readFileSync(FEATURE, "utf8"));
  const collection = { sourceInformation: { source: "devcontainer-cli" }, features: [JSON.parse(feature)] };
  const page = notes();
  return new Map([
    [FEATURE, feature],
    [INSTALLER, withInstallerOptions(readFileSync(INSTALLER, "utf8"))],
    [NOTES, page],
    [join(ROOT, "docs/user/codes.md"), codesPage()],
    [join(ROOT, "devcontainer-collection.json"), `${JSON.stringify(collection, null, 2)}\n`],
    [join(FEATURE_FOLDER, "README.md"), await generateReadme(feature, page)],
  ]);
}

/** In a folder of its own: the packaged Feature has no NOTES.md, since its README.md holds all of it. */
async function generateReadme(feature: string, page: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "registry-login-docs-"));
  try {
    mkdirSync(join(folder, FEATURE_ID));
    writeFileSync(join(folder, FEATURE_ID, "devcontainer-feature.json"), feature);
    writeFileSync(join(folder, FEATURE_ID, "NOTES.md"), page);
    const cli = join(ROOT, "node_modules/.bin/devcontainer");
    await run(cli, ["features", "generate-docs", "--project-folder", folder, "--namespace", NAMESPACE]);
    return readFileSync(join(folder, FEATURE_ID, "README.md"), "utf8");
  } finally {
    rmSync(folder, { recursive: true });
  }
}

if (isProgram(import.meta.url)) {
  writeTables();
  for (const [file, text] of await generatedFiles()) writeFileSync(file, text);
  console.log(
    "wrote devcontainer-collection.json, docs/user/codes.md, and the Feature's metadata, install.sh, NOTES.md and README.md",
  );
}
