import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "../../../scripts/project.ts";

/** Any folder, a tmpfs of 1 MB, or one on a file system that supports immutable files. */
export type FolderKind = "any" | "small" | "immutable";

/** A folder for one test; the caller removes it. */
export interface TestFolder {
  readonly folder: string;
  remove(): void;
}

/** @throws Error where this machine cannot make such a folder, with what to do about it */
export function makeTestFolder(kind: FolderKind): TestFolder {
  if (kind === "immutable") return immutableFolder();
  const folder = mkdtempSync(join(tmpdir(), "registry-login-torture-on-"));
  if (kind === "small") execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", folder]);
  return {
    folder,
    remove: () => {
      if (kind === "small") execFileSync("umount", [folder]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A tmpfs does not support immutable files, and overlayfs, which containers run on, does not always. */
function immutableFolder(): TestFolder {
  for (const parent of [tmpdir(), join(ROOT, "build"), "/var/tmp", "/dev/shm"]) {
    mkdirSync(parent, { recursive: true });
    const folder = mkdtempSync(join(parent, "registry-login-torture-on-"));
    if (supportsImmutable(folder)) return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
    rmSync(folder, { recursive: true });
  }
  return loopFolder();
}

function supportsImmutable(folder: string): boolean {
  try {
    execFileSync("chattr", ["+i", folder], { stdio: "pipe" });
    execFileSync("chattr", ["-i", folder], { stdio: "pipe" });
    return true;
  } catch {
    return false;
  }
}

/** An ext4 of its own. */
function loopFolder(): TestFolder {
  const base = mkdtempSync(join(tmpdir(), "registry-login-torture-on-"));
  const [image, folder] = [join(base, "image"), join(base, "mount")];
  try {
    mkdirSync(folder);
    execFileSync("truncate", ["-s", "16M", image]);
    execFileSync("mkfs.ext4", ["-q", "-F", image]);
    execFileSync("mount", ["-o", "loop", image, folder]);
  } catch (error) {
    throw new Error("no file system here supports immutable files: set TMPDIR to a folder on ext4, xfs or btrfs", {
      cause: error,
    });
  }
  return {
    folder,
    remove: () => {
      execFileSync("umount", [folder]);
      rmSync(base, { recursive: true, force: true });
    },
  };
}
