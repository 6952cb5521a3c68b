import { readTextIfPossible } from "./read-file.ts";

/** A machine with many containers has some hundred mounts of 200 bytes. */
const MAX_MOUNTS_BYTES = 1024 * 1024;

/** A volume of docker or podman, or of a pod: its content belongs to containers, and no program outside reads it. */
const VOLUME = /\/volumes\/(?:[^/]+\/_data|kubernetes\.io~)/;

/**
 * Is this very file or folder a mount of a file or folder of another system, as of the machine that runs the container? A
 * file system as a whole (tmpfs, a disk) and a volume of the container engine are not. What is below such a mount, as in a
 * workspace, does not count: only a mount at the path itself says that the path is shared on purpose.
 * @param path absolute, without symlinks
 * @param mounts the mounts of this process, as in /proc/self/mountinfo
 * Source: proc_pid_mountinfo(5)
 */
export function isMountedFromOutside(path: string, mounts: string = readMounts()): boolean {
  const at = mounts.split("\n").flatMap((line) => {
    const [, , , root = "", point = ""] = line.split(" ");
    return decode(point) === path ? [decode(root)] : [];
  });
  // The last one hides those before.
  const root = at.at(-1);
  return root !== undefined && root !== "/" && !VOLUME.test(root);
}

function readMounts(): string {
  if (process.platform !== "linux") return "";
  return readTextIfPossible("/proc/self/mountinfo", MAX_MOUNTS_BYTES) ?? "";
}

/** Spaces, tabs, line breaks and backslashes are octal there. */
function decode(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}
