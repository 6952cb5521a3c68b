import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readlinkSync,
  realpathSync,
  type Stats,
} from "node:fs";
import { basename, dirname, isAbsolute, join, resolve } from "node:path";
import { explain } from "../findings/finding.ts";
import { UserError } from "../findings/user-error.ts";
import { makeFolder } from "./make-folder.ts";
import { isPlacedByOthers, type Owned } from "./owner.ts";
import { realPath } from "./real-path.ts";

/**
 * Opens a handle that only names what is at a path: that needs no right to read it. Source: open(2); Node has no name for it.
 * Only Linux has it; on macOS, the number means something else.
 */
export const O_PATH = process.platform === "linux" ? 0o10000000 : 0;

/** As many as Linux itself follows (path_resolution(7)). */
const MAX_LINKS = 40;

/** Where a file is, or is going to be, whatever others do to its path meanwhile. */
export interface Place {
  /** Its path through the handle of its folder; the last part is no symlink, or was exchanged for one since. */
  readonly file: string;
  /** The folder, for listing. */
  readonly folder: string;
  /** Its real path when it was opened, without symlinks; the same for every run. */
  readonly name: string;
  /** The folders that were made for it, by their real paths, the outermost first. */
  readonly made: readonly string[];
  /** Could another user have put a file with this owner there? */
  isOfOthers(stats: Owned): boolean;
  close(): void;
}

interface Folder {
  readonly handle: number;
  /** A path that leads through the handle. */
  readonly path: string;
}

/**
 * Follows a path, folder by folder through a handle of each, to the place of a file. Symlinks are followed, as dotfile
 * managers make them, except those that another user made: they could lead to any file of this user.
 * @param file absolute path; neither the file nor what a symlink leads to need exist
 * @param create make the folders that do not exist, with the mode 0700
 * @returns null where a folder does not exist
 * @throws UserError where there is a loop, a symlink of another user, or a file instead of a folder; the file system's error
 */
export function openPlace(file: string, create: boolean, platform = process.platform): Place | null {
  try {
    return platform === "win32" ? placeByPath(file, create) : placeByHandles(file, create);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw code === "ENOTDIR" ? new UserError(explain("folder-is-file", { path: file })) : error;
  }
}

function placeByHandles(file: string, create: boolean): Place | null {
  const parts = partsOf(resolve(file));
  const made: string[] = [];
  let at = openFolder("/");
  try {
    for (let links = 0; ; ) {
      const name = parts.shift() ?? ".";
      const path = `${at.path}/${name}`;
      const target = readLink(at, path, file);
      if (target !== null) {
        if (links++ === MAX_LINKS) throw new UserError(explain("link-loop", { path: file }));
        parts.unshift(...partsOf(target));
        if (isAbsolute(target)) at = step(at, "/");
      } else if (parts.length === 0) {
        const { handle, path: folder } = at;
        const isOfOthers = (stats: Owned): boolean => isPlacedByOthers(stats, fstatSync(handle));
        const realName = join(realpathSync(folder), name);
        return { file: path, folder, name: realName, made, isOfOthers, close: () => closeSync(handle) };
      } else {
        if (create && !existsSync(path)) {
          mkdirSync(path, { mode: 0o700 });
          made.push(join(realpathSync(at.path), name));
        }
        at = step(at, path);
      }
    }
  } catch (error) {
    closeSync(at.handle);
    if (!create && (error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

/** The same where folders have no handles, and Node knows no owners; see docs/decisions/011-windows-paths.md. */
function placeByPath(file: string, create: boolean): Place | null {
  const path = followLinks(file);
  const folder = dirname(path);
  if (look(folder)?.isFile() === true) throw new UserError(explain("folder-is-file", { path: file }));
  const made = create ? makeFolder(folder) : [];
  if (!existsSync(folder)) return null;
  const name = join(realPath(folder), basename(path));
  return {
    file: name,
    folder: dirname(name),
    name,
    made: made.map(realPath),
    isOfOthers: () => false,
    close: () => undefined,
  };
}

/** What a symlink leads to need not exist. */
function followLinks(file: string): string {
  let path = realPath(file);
  for (let links = 0; look(path)?.isSymbolicLink() === true; ) {
    if (links++ === MAX_LINKS) throw new UserError(explain("link-loop", { path: file }));
    path = realPath(resolve(dirname(path), readlinkSync(path)));
  }
  return path;
}

function partsOf(path: string): string[] {
  return path.split("/").filter((part) => part !== "" && part !== ".");
}

/** The target of a symlink, null where there is none at the path. */
function readLink(folder: Folder, path: string, file: string): string | null {
  const link = look(path);
  if (link?.isSymbolicLink() !== true) return null;
  const target = readlinkSync(path);
  const again = look(path);
  const isSame = again?.ino === link.ino && again.ctimeMs === link.ctimeMs;
  if (isSame && !isPlacedByOthers(link, fstatSync(folder.handle))) return target;
  throw new UserError(explain("link-of-another", { path: file, uid: link.uid }));
}

function look(path: string): Stats | undefined {
  return lstatSync(path, { throwIfNoEntry: false });
}

/** Without /proc, a path has to do. */
function openFolder(path: string): Folder {
  const handle = openSync(path, O_PATH | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  const through = `/proc/self/fd/${handle}`;
  return { handle, path: existsSync(through) ? through : path };
}

function step(from: Folder, path: string): Folder {
  const next = openFolder(path);
  closeSync(from.handle);
  return next;
}
