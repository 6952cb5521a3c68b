import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { installPackages } from "../test/support/engine.ts";
import { hasProgram, tryRun } from "../test/support/shell.ts";
import { ROOT } from "./project.ts";

// Checks the project's shell scripts with shellcheck, each in the shell that it names. The .shellcheckrc files say the
// rest, so that an editor shows the same.

const FOLDERS = [".ci", "features", "test/registry-login"];

function isShellScript(file: string): boolean {
  return file.endsWith(".sh") || /^#!.*\b(?:ba)?sh\n/.test(readFileSync(file, "utf8"));
}

const scripts = FOLDERS.flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter(isShellScript),
);

if (!(await hasProgram("shellcheck")) && process.getuid?.() === 0 && (await hasProgram("apt-get"))) {
  await installPackages(["shellcheck"]);
}
if (await hasProgram("shellcheck")) {
  const { output, exitCode } = await tryRun("shellcheck", scripts, { cwd: ROOT });
  process.stdout.write(exitCode === 0 ? `shellcheck found nothing in ${scripts.length} scripts\n` : output);
  process.exitCode = exitCode;
} else {
  console.error("shellcheck is not installed: install the package shellcheck, then run npm run lint again");
  process.exitCode = 1;
}
