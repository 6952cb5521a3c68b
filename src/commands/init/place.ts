import { readdirSync, statSync } from "node:fs";
import { basename, join, relative, resolve, sep } from "node:path";
import { type Explanation, explain } from "../../findings/finding.ts";
import { UserError } from "../../findings/user-error.ts";
import { realPath } from "../../platform/real-path.ts";
import { readSharedText } from "../../platform/replace-file.ts";

/** Where the command line says that the configuration is. */
export interface InitPlace {
  readonly config: string | null;
  /** Null for the current folder. */
  readonly folder: string | null;
}

/** The configurations of a folder, relative to it with `/`, and what is to be said about them. */
export interface Candidates {
  readonly folder: string;
  readonly files: readonly string[];
  readonly notes: readonly Explanation[];
}

const FIRST = ".devcontainer/devcontainer.json";
const SECOND = ".devcontainer.json";

/** The place in which a new configuration is made. */
export const NEW_FILE = FIRST;

/**
 * Finds the configurations that the dev container CLI and editors would offer.
 * @throws UserError for a folder or a file that does not exist, or that no program would use
 * Source: https://containers.dev/implementors/spec/#devcontainerjson
 */
export function findCandidates({ config, folder: written }: InitPlace): Candidates {
  const folder = resolve(written ?? "");
  if (!isFolder(folder)) throw new UserError(explain("workspace-missing", { folder: written ?? folder }));
  if (config !== null) return { folder, files: [namedFile(folder, config)], notes: [] };
  const [first, second] = [FIRST, SECOND].map((file) => isFile(join(folder, file)));
  const named = foldersIn(join(folder, ".devcontainer"))
    .map((name) => `.devcontainer/${name}/devcontainer.json`)
    .filter((file) => isFile(join(folder, file)));
  if (first === true && second === true) {
    return { folder, files: [FIRST, ...named], notes: [explain("default-shadowed", { file: SECOND, used: FIRST })] };
  }
  return { folder, files: [...(first ? [FIRST] : []), ...(second ? [SECOND] : []), ...named], notes: [] };
}

function namedFile(folder: string, config: string): string {
  const path = [resolve(config), resolve(folder, config)].find(isFile);
  if (path === undefined) {
    throw new UserError(explain("input-file-missing", { file: config, flag: "config", folder: process.cwd() }));
  }
  if (!/^\.?devcontainer\.json$/.test(basename(path))) throw new UserError(explain("config-name", { file: config }));
  return relative(folder, path).split(sep).join("/");
}

/**
 * Reads a configuration that is going to be edited, with the mark in front of it if it has one.
 * @throws UserError where it is too large, or not UTF-8
 */
export function readConfiguration(folder: string, file: string): string {
  return readSharedText(realPath(resolve(folder, file)), file)?.text ?? "";
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function isFile(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
  } catch {
    return false;
  }
}

function foldersIn(path: string): string[] {
  try {
    return readdirSync(path, { withFileTypes: true })
      .filter((entry) => !entry.isFile())
      .map(({ name }) => name)
      .sort();
  } catch {
    return [];
  }
}
