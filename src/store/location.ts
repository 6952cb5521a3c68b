import { accessSync, constants, existsSync, statfsSync } from "node:fs";
import { dirname, join } from "node:path";
import { explain } from "../findings/finding.ts";
import { UserError } from "../findings/user-error.ts";
import { randomHex } from "../platform/crypto.ts";
import { explainExchange } from "../platform/trust.ts";

/** File system types whose content never reaches a disk (statfs(2): tmpfs, ramfs). */
const IN_MEMORY = new Set([0x01021994, 0x858458f6]);

/**
 * Where a Linux machine usually has a tmpfs that its users may write to. The first is this user's alone; /dev/shm may be
 * shared with other containers, as with `--ipc=host`.
 */
export const MEMORY_FOLDERS: readonly string[] = [`/run/user/${process.getuid?.() ?? 0}`, "/dev/shm", "/tmp"];

/** The vault for `storage: disk`. */
export function diskVaultFolder(stateFolder: string): string {
  return join(stateFolder, "vault");
}

/**
 * A folder for a new memory vault. Its name is random and our bookkeeping remembers it, since nothing else names it
 * safely: containers may share /dev/shm, and one person's processes may differ in user id (rootless podman runs its
 * helpers as uid 0 of a user namespace). Some orchestrators mount a tmpfs that everybody may write to and that lacks the
 * sticky bit: it is not used, since another user could put a different folder there.
 * @param candidates folders that may be on tmpfs, best first
 * @throws UserError when none is, or others could exchange what is in it
 */
export function newMemoryVaultFolder(candidates: readonly string[]): string {
  const name = `registry-login-${randomHex(8)}`;
  const writable = candidates.filter(isWritableMemory);
  const parent = writable.find((each) => explainExchange(each, join(each, name)) === null);
  if (parent !== undefined) return join(parent, name);
  throw new UserError(
    writable.length > 0
      ? explain("tmpfs-open", { folders: writable.join(", ") })
      : explain("no-tmpfs", { folders: candidates.join(", ") }),
  );
}

function isWritableMemory(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    return isInMemory(folder);
  } catch {
    return false;
  }
}

/** Is this folder, or the one that it would be made in, on a file system that no disk sees? */
export function isInMemory(folder: string): boolean {
  try {
    return IN_MEMORY.has(statfsSync(existsSync(folder) ? folder : dirname(folder)).type);
  } catch {
    return false;
  }
}
