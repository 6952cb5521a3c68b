import { statSync } from "node:fs";
import { readTextIfPossible, readWords } from "./read-file.ts";

// Whose a file is, and what others may do with it. The rules, and whom they lock out, are in
// docs/decisions/010-trusted-paths.md.

const OTHERS_READ_OR_WRITE = 0o077;
const OTHERS_WRITE = 0o022;
const GROUP_WRITE = 0o020;

/** /etc/passwd and /etc/group of a large site. */
const MAX_ACCOUNTS_BYTES = 4 * 1024 * 1024;

/** What another user may not do with a folder of ours. */
export type Privacy = "unreadable" | "unwritable";

/** What tells who may do what; the numbers fit, as ids have 32 bits. */
export type Owned = { readonly [key in "uid" | "gid" | "mode"]: number };

/** Does this belong to this user, or to somebody from whom nothing is protected: root, or who owns this very program? */
export function isMineOrRoots(stats: Owned): boolean {
  return isMine(stats) || isRoots(stats) || isProgramOwners(stats);
}

/**
 * Who can replace the program that runs need not replace its files. In a container job of GitHub Actions, root runs what the
 * runner's user has downloaded, and the home folder is the runner's, too.
 */
function isProgramOwners({ uid }: Owned): boolean {
  programOwner ??= statSync(process.argv[1] ?? "/", { throwIfNoEntry: false })?.uid ?? 0;
  return uid === programOwner;
}

let programOwner: number | undefined;

/** Does this belong to this user? */
export function isMine({ uid }: Owned): boolean {
  return uid === (process.getuid?.() ?? uid);
}

/** Does this belong to root, under whatever id it has here? */
export function isRoots({ uid }: Owned): boolean {
  if (uid === 0) return true;
  return uid === overflowId() && hidesRoot(uid, readWords("/proc/self/uid_map"), statSync("/").uid);
}

/**
 * Does an id stand for the machine's root? Rootless podman runs its helpers in a user namespace: there, everybody who is
 * not in it has the overflow id. A user of the namespace, nobody, may have the same id: then it stands for root only where
 * the root folder has it, which in a container is that of the namespace's own root.
 * @param id the overflow id
 * @param map the rows `FIRST_INSIDE FIRST_OUTSIDE COUNT` of /proc/self/uid_map; null without user namespaces
 * @param ownerOfTop the owner of the root folder
 * Source: user_namespaces(7); outside of one the only row is `0 0 4294967295`, and every id is itself.
 */
export function hidesRoot(id: number, map: string | null, ownerOfTop: number): boolean {
  if (map === null || /^\s*0\s+0\s+4294967295\s*$/.test(map)) return false;
  const isMapped = map.split("\n").some((row) => {
    const [first = 0, , count = 0] = row.trim().split(/\s+/).map(Number);
    return first <= id && id < first + count;
  });
  return !isMapped || ownerOfTop === id;
}

function overflowId(): number {
  return Number(readWords("/proc/sys/kernel/overflowuid") ?? "65534");
}

/** Can only its owner do what the privacy keeps from others? */
export function isClosed({ mode, gid }: Owned, privacy: Privacy): boolean {
  if (privacy === "unreadable") return (mode & OTHERS_READ_OR_WRITE) === 0;
  const bits = mode & OTHERS_WRITE;
  return bits === 0 || (bits === GROUP_WRITE && hasNoOthers(gid));
}

/**
 * Is a group root's, or this user's alone? With the umask 002, as some distributions have it, each folder is writable by
 * its owner's private group; Kubernetes does the same to a volume (fsGroup).
 */
function hasNoOthers(gid: number): boolean {
  if (gid === 0) return true;
  // Private groups are a habit of Linux; macOS has one group for all of its users, and no list of them in /etc.
  if (process.platform !== "linux") return false;
  if (gid !== process.getgid?.()) return false;
  const uid = String(process.getuid?.());
  const accounts = rowsOf("/etc/passwd");
  const names = new Set(accounts.filter((fields) => fields[2] === uid).map(([name]) => name));
  const members = rowsOf("/etc/group").flatMap((fields) =>
    fields[2] === String(gid) ? (fields[3] ?? "").split(",").filter((name) => name !== "") : [],
  );
  const isShared = accounts.some((fields) => fields[3] === String(gid) && fields[2] !== uid);
  return !isShared && members.every((name) => names.has(name));
}

/** Source: passwd(5), group(5). */
function rowsOf(file: string): string[][] {
  return (readTextIfPossible(file, MAX_ACCOUNTS_BYTES) ?? "").split("\n").map((line) => line.split(":"));
}

/**
 * Could another user have put a file or symlink there? Not where it is this user's or root's, nor in a folder that nobody
 * else may write to.
 * (The kernel's fs.protected_symlinks says the same of sticky folders; proc_sys_fs(5).)
 * @param folder the folder that it is in
 */
export function isPlacedByOthers(file: Owned, folder: Owned): boolean {
  return !isMineOrRoots(file) && !(isMineOrRoots(folder) && isClosed(folder, "unwritable"));
}
