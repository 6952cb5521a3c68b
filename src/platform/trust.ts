import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readlinkSync,
  realpathSync,
  type Stats,
  statSync,
} from "node:fs";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { type Explanation, explain } from "../findings/finding.ts";
import { readTextIfPossible, readWords } from "./read-file.ts";

// Which folders another user cannot read, write or exchange. The rules, and whom they lock out, are in
// docs/decisions/010-trusted-paths.md. Node knows neither owners nor rights of Windows, where the rules of
// docs/decisions/011-windows-paths.md apply instead.

/** Only the owner of a file in such a folder, and that of the folder, may rename or remove it (S_ISVTX of inode(7)). */
const STICKY = 0o1000;
const OTHERS_READ_OR_WRITE = 0o077;
const OTHERS_WRITE = 0o022;
const GROUP_WRITE = 0o020;
const OTHER_WRITE = 0o002;

/** As many as Linux itself follows (path_resolution(7)). */
const MAX_LINKS = 40;

/** /etc/passwd and /etc/group of a large site. */
const MAX_ACCOUNTS_BYTES = 4 * 1024 * 1024;

/** What another user may not do with a folder of ours. */
export type Privacy = "unreadable" | "unwritable";

/** What is demanded of one of our folders, and the findings for one that is not so. */
export interface FolderRules {
  readonly privacy: Privacy;
  /** It is a symlink, a file, or open to others. */
  readonly explainOpen: (folder: string) => Explanation;
  readonly explainOwner: (folder: string, uid: number) => Explanation;
}

/**
 * Why a folder is not trusted: another user owns it, may use it, or could exchange it, or it is no folder.
 * @param folder absolute path; what does not exist yet will be ours
 * @returns null where it is trusted
 */
export function explainDistrust(
  folder: string,
  { privacy, explainOpen, explainOwner }: FolderRules,
  platform = process.platform,
): Explanation | null {
  const above = explainExchange(dirname(resolve(folder)), folder, platform);
  if (above !== null) return above;
  const stats = look(folder);
  if (stats === null) return null;
  const isPrivate = stats.isDirectory() && (platform === "win32" || isClosed(stats, privacy));
  if (isPrivate && isMine(stats)) return null;
  return isPrivate ? explainOwner(folder, stats.uid) : explainOpen(folder);
}

/**
 * Why another user could exchange what is made in a folder: each folder and symlink on the way to it has to be this user's or
 * root's, and each folder must be closed to writes of others, or sticky.
 * @param parent absolute path
 * @param folder what is going to be in it, for the message
 */
export function explainExchange(parent: string, folder: string, platform = process.platform): Explanation | null {
  if (platform === "win32") return null;
  let at = "/";
  const rest = resolve(parent).split("/");
  for (let links = 0; ; ) {
    const stats = look(at);
    // Nothing can be reached below it, by nobody.
    if (stats === null) return null;
    if (!isMineOrRoots(stats)) return explain("parent-of-another", { folder, parent: at, uid: stats.uid });
    if (stats.isSymbolicLink()) {
      if (links++ === MAX_LINKS) return null;
      const target = readlinkSync(at);
      rest.unshift(...target.split("/"));
      at = isAbsolute(target) ? "/" : dirname(at);
      continue;
    }
    if (!isClosed(stats, "unwritable") && (stats.mode & STICKY) === 0) {
      return explain("parent-open", { folder, parent: at });
    }
    const next = rest.shift();
    if (next === undefined) return null;
    at = join(at, next);
  }
}

/**
 * Works in a folder of ours that stays the same folder, whatever others do to its path meanwhile.
 * @param work gets a path of the folder that leads through its handle, like openat(2), and is valid until `work` returns
 * @returns null where there is no such folder, or it is a symlink, another user's, or writable by others
 */
export function insideOwnFolder<T>(folder: string, work: (here: string) => T, platform = process.platform): T | null {
  // There is no handle to lead through.
  if (platform === "win32") return look(folder)?.isDirectory() === true ? work(folder) : null;
  let handle: number;
  try {
    handle = openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  } catch {
    return null;
  }
  try {
    const stats = fstatSync(handle);
    if (!isMine(stats) || !isClosed(stats, "unwritable")) return null;
    const here = `/proc/self/fd/${handle}`;
    // Without /proc, the path has to do.
    return work(look(here) === null ? folder : here);
  } finally {
    closeSync(handle);
  }
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

/**
 * May another user have written this file, or write it or one in its place? Root and this user may. Folders of a group (as
 * /usr/local of Debian's group staff) are trusted: who is in it can replace this user's other programs, too.
 * @param file absolute path; symlinks are followed
 */
export function isOpenProgram(file: string, platform = process.platform): boolean {
  try {
    const program = statSync(file);
    if (platform === "win32") return false;
    const folders = [file, realpathSync(file)].map((path) => statSync(dirname(path)));
    const isOpenFolder = folders.some(({ mode }) => (mode & OTHER_WRITE) !== 0 && (mode & STICKY) === 0);
    const isOthers = [lstatSync(file), program].some((each) => !isMine(each) && !isRoots(each));
    return isOthers || (program.mode & OTHER_WRITE) !== 0 || isOpenFolder;
  } catch {
    return true;
  }
}

function look(path: string): Stats | null {
  try {
    return lstatSync(path);
  } catch {
    return null;
  }
}

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

function isMine({ uid }: Owned): boolean {
  return uid === (process.getuid?.() ?? uid);
}

function isRoots({ uid }: Owned): boolean {
  if (uid === 0) return true;
  return uid === overflowId() && hidesRoot(uid, readWords("/proc/self/uid_map"), look("/")?.uid ?? 0);
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

function isClosed({ mode, gid }: Owned, privacy: Privacy): boolean {
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
