import { explain } from "../findings/finding.ts";
import { folderOf, pathFrom, type Sources } from "./sources.ts";

/** An env file that `runArgs` hands to docker. */
export interface EnvFile {
  /** Relative to the folder. */
  readonly path: string;
  /** Whether it sets variables of the convention. */
  readonly hasSecrets: boolean;
}

/**
 * The env files of `runArgs`, with what is wrong with them. No value in them is kept.
 * @param resolve replaces the variables of devcontainer.json
 */
export function envFilesOf(sources: Sources, runArgs: readonly string[], resolve: (text: string) => string): EnvFile[] {
  const written = runArgs.flatMap((argument, index) => {
    if (argument === "--env-file") return runArgs[index + 1] ?? [];
    return argument.startsWith("--env-file=") ? argument.slice("--env-file=".length) : [];
  });
  return written.flatMap((text) => {
    const resolved = resolve(text);
    if (resolved.includes("${")) return [];
    const path = pathFrom(sources, ".", resolved);
    const content = sources.readQuietly(path);
    if (content === null) sources.note(explain("env-file-missing", { file: path }));
    if (!isIgnored(sources, path)) sources.note(explain("env-file-not-ignored", { file: path }));
    return [{ path, hasSecrets: content !== null && noteValues(sources, path, content) }];
  });
}

/** @returns whether it sets variables of the convention */
function noteValues(sources: Sources, file: string, content: string): boolean {
  let hasSecrets = false;
  for (const [index, text] of content.split(/\r?\n/).entries()) {
    const [, variable = "", value = ""] = /^\s*(?:export\s+)?(\w+_CONTAINER_REGISTRY_\w+)\s*=\s*(.*)$/.exec(text) ?? [];
    if (variable === "") continue;
    hasSecrets = true;
    const line = index + 1;
    if (/^(["']).*\1\s*$/.test(value)) sources.note(explain("env-file-quotes", { file, line, variable }));
    else if (/^[^#"'`][^#]*[^\s#]#|^[^\s#]#/.test(value))
      sources.note(explain("env-file-sharp", { file, line, variable }));
  }
  return hasSecrets;
}

/**
 * Does a .gitignore on the way to a file name it? Only the common forms of patterns are understood: names, folders and `*`.
 * Source: https://git-scm.com/docs/gitignore
 */
export function isIgnored(sources: Sources, path: string): boolean {
  if (path.startsWith("../")) return true;
  let isNamed = false;
  for (const folder of foldersTo(path)) {
    const base = folder === "." ? "" : `${folder}/`;
    for (const written of (sources.readQuietly(`${base}.gitignore`) ?? "").split(/\r?\n/)) {
      const line = written.trimEnd();
      if (line === "" || line.startsWith("#")) continue;
      const pattern = line.replace(/^!/, "");
      if (matches(pattern, path.slice(base.length))) isNamed = !line.startsWith("!");
    }
  }
  return isNamed;
}

function foldersTo(path: string): string[] {
  const folder = folderOf(path);
  return folder === "." ? ["."] : [...foldersTo(folder), folder];
}

function matches(pattern: string, path: string): boolean {
  const isAnchored = pattern.replace(/\/$/, "").includes("/");
  const glob = pattern
    .replace(/^\//, "")
    .replace(/\/$/, "")
    .replace(/[.+^${}()|\\]/g, "\\$&")
    .replace(/\*\*\/|\*\*|\*|\?/g, (sign) => ({ "**/": "(?:.*/)?", "**": ".*", "*": "[^/]*" })[sign] ?? "[^/]");
  return new RegExp(`${isAnchored ? "^" : "(?:^|/)"}${glob}(?:/|$)`).test(path);
}
