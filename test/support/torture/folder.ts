import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "../../../scripts/project.ts";

/** Any folder, a tmpfs of 1 MB, or a file system that knows immutable files. */
export type Kind = "any" | "small" | "immutable";

/** A folder of the torture's, gone when it is removed. */
export interface Place {
  readonly folder: string;
  remove(): void;
}

/** @throws Error where this machine has no such place, with what to do about it */
export function makePlace(kind: Kind): Place {
  if (kind === "immutable") return immutablePlace();
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

/** A tmpfs knows no immutable files, and overlayfs, on which containers run, not always. */
function immutablePlace(): Place {
  for (const parent of [tmpdir(), join(ROOT, "build"), "/var/tmp", "/dev/shm"]) {
    mkdirSync(parent, { recursive: true });
    const folder = mkdtempSync(join(parent, "registry-login-torture-on-"));
    if (takesImmutable(folder)) return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
    rmSync(folder, { recursive: true });
  }
  return loopPlace();
}

function takesImmutable(folder: string): boolean {
  try {
    execFileSync("chattr", ["+i", folder], { stdio: "pipe" });
    execFileSync("chattr", ["-i", folder], { stdio: "pipe" });
    return true;
  } catch {
    return false;
  }
}

/** An ext4 of its own. */
function loopPlace(): Place {
  const base = mkdtempSync(join(tmpdir(), "registry-login-torture-on-"));
  const [image, folder] = [join(base, "image"), join(base, "mount")];
  try {
    mkdirSync(folder);
    execFileSync("truncate", ["-s", "16M", image]);
    execFileSync("mkfs.ext4", ["-q", "-F", image]);
    execFileSync("mount", ["-o", "loop", image, folder]);
  } catch (error) {
    throw new Error("nothing here knows immutable files: set TMPDIR to a folder on ext4, xfs or btrfs", {
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
