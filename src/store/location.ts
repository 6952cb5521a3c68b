import { accessSync, constants, existsSync, statfsSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { explain } from "../findings/finding.ts";
import { UserError } from "../findings/user-error.ts";
import { randomHex } from "../platform/crypto.ts";

/** File system types whose content never reaches a disk (statfs(2): tmpfs, ramfs). */
const IN_MEMORY = new Set([0x01021994, 0x858458f6]);

/** In such a folder a file only goes by its owner's hand (S_ISVTX of inode(7)). */
const STICKY = 0o1000;

/** Where a Linux machine usually has a tmpfs that its users may write to. */
export const MEMORY_FOLDERS: readonly string[] = ["/dev/shm", `/run/user/${process.getuid?.() ?? 0}`, "/tmp"];

/** The vault for `storage: disk`. */
export function diskVaultFolder(stateFolder: string): string {
  return join(stateFolder, "vault");
}

/**
 * A folder for a new memory vault. Its name is random and our bookkeeping remembers it, since nothing else names it
 * safely: containers may share /dev/shm, and one person's processes may differ in user id (rootless podman runs its
 * helpers as uid 0 of a user namespace).
 * @param candidates folders that may be on tmpfs, best first
 * @throws UserError when none is
 */
export function newMemoryVaultFolder(candidates: readonly string[]): string {
  const writable = candidates.filter(isWritableMemory);
  const parent = writable.find(isProtected) ?? writable[0];
  if (parent !== undefined) return join(parent, `registry-login-${randomHex(8)}`);
  throw new UserError(explain("no-tmpfs", { folders: candidates.join(", ") }));
}

function isWritableMemory(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    return isInMemory(folder);
  } catch {
    return false;
  }
}

/**
 * Does nobody but its owner and root rename what others made in it? Some orchestrators mount a tmpfs that everybody may
 * write to and that lacks the sticky bit: there another user could take a vault away, though never read it.
 */
function isProtected(folder: string): boolean {
  const { mode } = statSync(folder);
  return (mode & 0o022) === 0 || (mode & STICKY) !== 0;
}

/** Is this folder, or the one that it would be made in, on a file system that no disk sees? */
export function isInMemory(folder: string): boolean {
  try {
    return IN_MEMORY.has(statfsSync(existsSync(folder) ? folder : dirname(folder)).type);
  } catch {
    return false;
  }
}
