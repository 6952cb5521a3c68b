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
import { isClosed, isMine, isMineOrRoots, isRoots, type Privacy } from "./owner.ts";

// Which folders another user cannot read, write or exchange. The rules, and whom they lock out, are in
// docs/decisions/010-trusted-paths.md. Node knows neither owners nor rights of Windows, where the rules of
// docs/decisions/011-windows-paths.md apply instead.

/** Only the owner of a file in such a folder, and that of the folder, may rename or remove it (S_ISVTX of inode(7)). */
const STICKY = 0o1000;
const OTHER_WRITE = 0o002;

/** As many as Linux itself follows (path_resolution(7)). */
const MAX_LINKS = 40;

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
