import { dirname, join, relative } from "node:path";
import type { Sources } from "../../repository/sources.ts";

const MAX_LEVELS = 30;

/** The repository at GitHub that a folder is a clone of, as `owner/name`; null where none is named. Runs no program. */
export function githubRepository(sources: Sources): string | null {
  const path = (file: string): string => relative(sources.folder, file).split("\\").join("/");
  for (let folder = sources.folder, level = 0; level < MAX_LEVELS; level++) {
    const config = sources.readQuietly(path(join(folder, ".git", "config")));
    if (config !== null) return repositoryOf(config);
    if (dirname(folder) === folder) return null;
    folder = dirname(folder);
  }
  return null;
}

function repositoryOf(config: string): string | null {
  const [, origin = ""] = /\[remote "origin"\]([^[]*)/.exec(config) ?? [];
  const [, name] =
    /^\s*url\s*=\s*(?:https:\/\/(?:[^@/\s]+@)?|ssh:\/\/git@|git@)github\.com[:/]([\w.-]+\/[\w.-]+?)(?:\.git)?\/?\s*$/m.exec(
      origin,
    ) ?? [];
  return name ?? null;
}
