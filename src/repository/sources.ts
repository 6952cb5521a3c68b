import { readdirSync } from "node:fs";
import { isAbsolute, posix, relative, resolve, sep } from "node:path";
import type { Explanation } from "../findings/finding.ts";
import { explain } from "../findings/finding.ts";
import type { Environment } from "../platform/environment.ts";
import { MAX_CONFIG_BYTES, readRegularFile } from "../platform/read-file.ts";

/** A repository that is looked at: its files, and the variables of who starts a dev container. */
export interface Sources {
  /** The absolute path of its folder. */
  readonly folder: string;
  readonly env: Environment;
  /** The text of a file, by a path relative to the folder, with `/`; null where it is missing or cannot be read, which is noted. */
  read(path: string): string | null;
  /** The same, and nothing is noted. */
  readQuietly(path: string): string | null;
  /** The names of the files in a folder. */
  list(path: string): readonly string[];
  /** Keeps a finding, once. */
  note(finding: Explanation): void;
  readonly notes: readonly Explanation[];
}

/** Opens a repository. */
export function openSources(folder: string, env: Environment): Sources {
  const root = resolve(folder);
  const notes: Explanation[] = [];
  const note = (finding: Explanation): void => {
    if (!notes.some(({ code, message }) => code === finding.code && message === finding.message)) notes.push(finding);
  };
  const attempt = (path: string): string | "missing" | "unreadable" => {
    try {
      const content = readRegularFile(resolve(root, path), { maxBytes: MAX_CONFIG_BYTES, followLinks: true });
      return content === null ? "missing" : `text:${content.bytes.toString("utf8").replace(/^\uFEFF/, "")}`;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      return code === "ENOENT" || code === "ENOTDIR" ? "missing" : "unreadable";
    }
  };
  const textOf = (found: string): string | null => (found.startsWith("text:") ? found.slice(5) : null);
  return {
    folder: root,
    env,
    notes,
    note,
    readQuietly: (path) => textOf(attempt(path)),
    read: (path) => {
      const found = attempt(path);
      if (found === "missing") note(explain("source-missing", { file: path }));
      if (found === "unreadable") note(explain("source-not-file", { file: path }));
      return textOf(found);
    },
    list: (path) => {
      try {
        const entries = readdirSync(resolve(root, path), { withFileTypes: true });
        return entries
          .filter((entry) => !entry.isDirectory())
          .map(({ name }) => name)
          .sort();
      } catch {
        return [];
      }
    },
  };
}

/** A path that a file of the repository names, relative to the repository: from the folder of that file. */
export function pathFrom(sources: Sources, folder: string, path: string): string {
  if (isAbsolute(path)) return relative(sources.folder, path).split(sep).join("/");
  return posix.normalize(posix.join(folder, path));
}

/** The folder of a path. */
export function folderOf(path: string): string {
  return posix.dirname(path);
}
