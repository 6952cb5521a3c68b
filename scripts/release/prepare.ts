import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { compare } from "semver";
import { run } from "../../test/support/shell.ts";
import { FEATURE_FOLDER, isProgram, packageVersion, ROOT } from "../project.ts";
import { withRelease } from "./changelog.ts";
import { parseVersion } from "./version.ts";

const FEATURE = join(FEATURE_FOLDER, "devcontainer-feature.json");
const CHANGELOG = join(ROOT, "CHANGELOG.md");

/**
 * Gives everything that has a version this one, and CHANGELOG.md a section for it.
 * @param date like 2026-11-26
 * @throws Error when the version is not a newer one, or nothing is unreleased
 */
export async function prepareRelease(version: string, date: string): Promise<void> {
  parseVersion(version);
  const current = packageVersion();
  if (compare(version, current) <= 0) throw new Error(`${version} is not newer than ${current}, the version now`);
  const changelog = withRelease(readFileSync(CHANGELOG, "utf8"), version, date);
  await run("npm", ["version", version, "--no-git-tag-version"], { cwd: ROOT });
  const feature = readFileSync(FEATURE, "utf8");
  writeFileSync(FEATURE, feature.replace(/^( {2}"version": )"[^"]+"/m, `$1"${version}"`));
  writeFileSync(CHANGELOG, changelog);
  // What is made from these files, in a process that has not read them yet.
  await run("npm", ["run", "docs"], { cwd: ROOT });
}

if (isProgram(import.meta.url)) {
  const [version = ""] = process.argv.slice(2);
  try {
    const { stdout } = await run("git", ["status", "--porcelain"], { cwd: ROOT });
    if (stdout !== "") throw new Error(`commit or stash these changes first:\n${stdout}`);
    await prepareRelease(version, new Date().toISOString().slice(0, 10));
    console.log(`prepared ${version}. Read the changes (git diff), then go on as in RELEASING.md:

  git switch -c release-${version} && git commit -am "release: ${version}" && git push -u origin release-${version}
`);
  } catch (error) {
    console.error(`npm run release -- VERSION: ${(error as Error).message}`);
    process.exitCode = 1;
  }
}
