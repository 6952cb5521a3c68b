import { accessSync, constants, existsSync, readlinkSync, statfsSync } from "node:fs";
import { dirname, join } from "node:path";
import { explain } from "../findings/finding.ts";
import { UserError } from "../findings/user-error.ts";
import { randomHex } from "../platform/crypto.ts";
import { explainExchange } from "../platform/trust.ts";

/** File system types whose content never reaches a disk (statfs(2): tmpfs, ramfs). */
const IN_MEMORY = new Set([0x01021994, 0x858458f6]);

/** The IPC namespace that Linux starts with (PROC_IPC_INIT_INO in its linux/proc_ns.h): with `--ipc=host`, a container's too. */
const INITIAL_IPC_NAMESPACE = "ipc:[4026531839]";

/**
 * Where a machine may have a tmpfs that its users may write to, best first: one that a person mounted for it, this user's
 * alone, and the usual ones. In the machine's own IPC namespace, /dev/shm is shared with other containers and comes last.
 * @param ipcNamespace what /proc/self/ns/ipc names
 */
export function memoryFolders(uid: number, ipcNamespace: string): readonly string[] {
  const usual = ipcNamespace === INITIAL_IPC_NAMESPACE ? ["/tmp", "/dev/shm"] : ["/dev/shm", "/tmp"];
  return ["/run/registry-login", `/run/user/${uid}`, ...usual];
}

/** Those of this process. */
export const MEMORY_FOLDERS = memoryFolders(process.getuid?.() ?? 0, ipcNamespace());

/** The IPC namespace of this process; "" where the system has none. */
export function ipcNamespace(): string {
  try {
    return readlinkSync("/proc/self/ns/ipc");
  } catch {
    return "";
  }
}

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

/** Is this folder, or the one that it would be made in, on a file system that no disk sees? Only Linux's are known. */
export function isInMemory(folder: string, platform = process.platform): boolean {
  // Elsewhere, the same numbers stand for other file systems.
  if (platform !== "linux") return false;
  try {
    return IN_MEMORY.has(statfsSync(existsSync(folder) ? folder : dirname(folder)).type);
  } catch {
    return false;
  }
}
