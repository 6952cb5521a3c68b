import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { explainWriteError } from "../../findings/user-error.ts";
import { isIgnored } from "../../repository/env-files.ts";
import { folderOf, type Sources } from "../../repository/sources.ts";
import type { Chosen } from "./choose.ts";
import { secretName } from "./secret-texts.ts";

/** The name of the file with the values on a developer's machine, next to devcontainer.json. It is never written. */
const NAME = "registry-login.env";

/** The path of that file for a configuration, relative to the folder. */
export function envFileOf(file: string): string {
  const folder = folderOf(file);
  return folder === "." ? NAME : `${folder}/${NAME}`;
}

/** How docker is told about it. */
export function envFileArgument(file: string): string {
  return `--env-file=\${localWorkspaceFolder}/${envFileOf(file)}`;
}

/** A file next to the configuration that `--local env-file` writes or removes. */
export interface LocalFile {
  readonly path: string;
  readonly before: string | null;
  /** Null: it is removed. */
  readonly after: string | null;
}

/**
 * The line in .gitignore, and the example without values, for a file with the values on each developer's machine.
 * The line ends of .gitignore stay, and a last line without one gets one.
 */
export function planLocalFiles(sources: Sources, file: string, chosen: readonly Chosen[]): LocalFile[] {
  const envFile = envFileOf(file);
  const ignore = read(sources, ".gitignore");
  const example = `${envFile}.example`;
  const lines = chosen.flatMap(({ identifier }) => [
    secretName(identifier, "USER"),
    secretName(identifier, "PASSWORD"),
  ]);
  const text = lines.map((name) => `${name}=\n`).join("");
  return [
    ...(isIgnored(sources, envFile)
      ? []
      : [{ path: ".gitignore", before: ignore, after: withLine(ignore ?? "", `/${envFile}`) }]),
    ...(read(sources, example) === null ? [{ path: example, before: null, after: text }] : []),
  ];
}

/** The same files without what {@link planLocalFiles} adds. An example in which somebody wrote something else stays. */
export function planLocalRemoval(sources: Sources, file: string): LocalFile[] {
  const envFile = envFileOf(file);
  const ignore = read(sources, ".gitignore");
  const example = read(sources, `${envFile}.example`);
  const files: LocalFile[] = [];
  const rest = ignore === null ? null : withoutLine(ignore, `/${envFile}`);
  if (rest !== ignore) files.push({ path: ".gitignore", before: ignore, after: rest === "" ? null : rest });
  if (example !== null && /^(?:\w+_CONTAINER_REGISTRY_\w+=\n)+$/.test(example)) {
    files.push({ path: `${envFile}.example`, before: example, after: null });
  }
  return files;
}

/** Writes them. @throws UserError where that is impossible */
export function writeLocalFiles(folder: string, files: readonly LocalFile[]): void {
  for (const { path, after } of files) {
    const target = resolve(folder, path);
    try {
      if (after === null) rmSync(target, { force: true });
      else writeFileSync(target, after);
    } catch (error) {
      throw explainWriteError(error, path, `check the owner and mode of ${path}`);
    }
  }
}

function withLine(text: string, line: string): string {
  const eol = text.includes("\r\n") ? "\r\n" : "\n";
  return text === "" || text.endsWith("\n") ? `${text}${line}${eol}` : `${text}${eol}${line}`;
}

/** With its line end; at the end of a text without one, that of the line before goes, too. */
function withoutLine(text: string, line: string): string {
  const escaped = line.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const inner = new RegExp(`(^|\\n)${escaped}\\r?\\n`);
  return inner.test(text) ? text.replace(inner, "$1") : text.replace(new RegExp(`(?:\\r?\\n)${escaped}$`), "");
}

function read({ folder }: Sources, path: string): string | null {
  const file = resolve(folder, path);
  return existsSync(file) ? readFileSync(file, "utf8") : null;
}
