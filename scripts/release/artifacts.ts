import { createHash } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../../test/support/shell.ts";
import { buildAction } from "../action.ts";
import { SBOM } from "../build.ts";
import { buildPackage } from "../package.ts";
import { FEATURE_ID, isProgram, packageVersion, ROOT } from "../project.ts";
import { stage } from "../stage.ts";
import { releaseNotes } from "./changelog.ts";
import { unpack } from "./feature.ts";

/** Where a release is made; what is in it is tested, published and attested, and built only once. */
export const RELEASE_FOLDER = join(ROOT, "build/release");

/** The file with the checksums of the others. */
export const SUMS = "SHA256SUMS";

/** The files of a release, by what they are. */
export interface Artifacts {
  readonly feature: string;
  readonly npmPackage: string;
  readonly action: string;
  readonly notes: string;
}

/** The paths of a release's files in a folder. */
export function artifactsIn(folder: string, version: string): Artifacts {
  return {
    feature: join(folder, `feature-${FEATURE_ID}-${version}.tgz`),
    npmPackage: join(folder, `registry-login-cli-${version}.tgz`),
    action: join(folder, `action-${version}.tar`),
    notes: join(folder, "notes.md"),
  };
}

/** Makes everything that a release publishes: the Feature, the npm package, the action, the list of libraries, checksums. */
export async function buildRelease(folder = RELEASE_FOLDER): Promise<Artifacts> {
  const version = packageVersion();
  const notes = releaseNotes(readFileSync(join(ROOT, "CHANGELOG.md"), "utf8"), version);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const files = artifactsIn(folder, version);
  const work = mkdtempSync(join(tmpdir(), "registry-login-release-"));
  try {
    await stage({ folder: join(work, "collection"), agent: join(work, "agent") });
    await packFolder(join(work, "collection/src", FEATURE_ID), files.feature);
    await buildPackage(join(work, "package"));
    await run("npm", ["pack", "--pack-destination", folder], { cwd: join(work, "package") });
    await buildAction(join(work, "action"));
    await packFolder(join(work, "action"), files.action);
    cpSync(join(work, "agent", SBOM), join(folder, `registry-login-${version}.${SBOM.replace("sbom.", "")}`));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  writeFileSync(join(folder, SUMS), sumsOf(folder));
  writeFileSync(files.notes, notes);
  return files;
}

/** Packs a folder, so that the same files always make the same archive. */
async function packFolder(folder: string, archive: string): Promise<void> {
  const { stdout } = await run("git", ["show", "-s", "--format=%ct", "HEAD"], { cwd: ROOT });
  const same = [
    "--sort=name",
    `--mtime=@${stdout.trim()}`,
    "--owner=0",
    "--group=0",
    "--numeric-owner",
    "--format=gnu",
  ];
  const compress = archive.endsWith("gz") ? ["-z"] : [];
  await run("tar", ["-c", ...compress, ...same, "-f", archive, "-C", folder, "."], { env: { GZIP: "-n" } });
}

/** Unpacks the action of a release into a folder, which it returns. */
export async function unpackAction(archive: string, folder: string): Promise<string> {
  return await unpack(readFileSync(archive), folder);
}

/** The checksums of a folder's files, as `sha256sum --check` reads them. */
function sumsOf(folder: string): string {
  const lines = readdirSync(folder).map((name) => {
    const sum = createHash("sha256")
      .update(readFileSync(join(folder, name)))
      .digest("hex");
    return `${sum}  ${name}\n`;
  });
  return lines.sort((a, b) => (a.slice(66) < b.slice(66) ? -1 : 1)).join("");
}

/** The names in such a file, with their checksums. */
export function checksums(text: string): Map<string, string> {
  return new Map([...text.matchAll(/^([0-9a-f]{64}) {2}(.+)$/gm)].map(([, sum = "", name = ""]) => [name, sum]));
}

if (isProgram(import.meta.url)) {
  await buildRelease();
  console.log(`made the release ${packageVersion()} in build/release:`);
  for (const name of readdirSync(RELEASE_FOLDER).sort()) console.log(`  ${name}`);
}
