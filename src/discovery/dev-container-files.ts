import { readdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Explanation, explain } from "../findings/finding.ts";
import { UserError } from "../findings/user-error.ts";
import { isRecord, parseJsonc } from "../platform/jsonc.ts";
import { type FileContent, MAX_CONFIG_BYTES, readRegularFile } from "../platform/read-file.ts";
import { explainMissingFile, textOf } from "./input-file.ts";

/** Where configurations are looked for, as the command line says it. */
export interface DevContainerPlace {
  /** A devcontainer.json; null for those of the folder. */
  readonly config: string | null;
  /** The folder with the source; null for the current folder. */
  readonly folder: string | null;
}

/** A devcontainer.json. */
export interface DevContainerFile {
  /** Its path: as it was named, or below the folder as that was named. */
  readonly file: string;
  /** Null where it is not used. */
  readonly content: Readonly<Record<string, unknown>> | null;
  /** Why it is not used; null where it is. */
  readonly problem: Explanation | null;
}

/** As many as a person can tell apart; a folder may hold anything. */
const MAX_FILES = 50;

/**
 * Reads the configurations of a folder: all that the dev container CLI would accept, since nobody says which one is
 * started.
 * @param trusted the user ids whose files are used where nobody names a file or a folder
 * @throws UserError where what the command line names does not exist
 * Source: https://containers.dev/implementors/spec/#devcontainerjson
 */
export function readDevContainers(
  { config, folder }: DevContainerPlace,
  trusted: ReadonlySet<number>,
): DevContainerFile[] {
  if (folder !== null && statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new UserError(explain("workspace-missing", { folder }));
  }
  if (config !== null) {
    const found = readConfiguration(config, () => true);
    if (found !== null) return [found];
    throw explainMissingFile(config, "config");
  }
  // Anybody can put a file into a folder like /tmp, and it decides which server gets a password. Who names a folder trusts it.
  const isTrusted = (owner: number): boolean => folder !== null || process.getuid === undefined || trusted.has(owner);
  const at = folder ?? "";
  const files = [".devcontainer/devcontainer.json", ".devcontainer.json", ...named(join(at, ".devcontainer"))];
  return files.flatMap((file) => readConfiguration(join(at, file), isTrusted) ?? []);
}

function named(folder: string): string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true }).filter((entry) => !entry.isFile());
    const names = entries.map(({ name }) => name).sort();
    return names.slice(0, MAX_FILES).map((name) => `.devcontainer/${name}/devcontainer.json`);
  } catch {
    return [];
  }
}

/** @returns null where there is no such file */
function readConfiguration(file: string, isTrusted: (owner: number) => boolean): DevContainerFile | null {
  let found: FileContent | null;
  try {
    found = readRegularFile(resolve(file), { maxBytes: MAX_CONFIG_BYTES, followLinks: true });
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    // The second: without a current folder, no path leads from it.
    if (code === "ENOTDIR" || code === "ENOENT") return null;
    return unused(file, explain("devcontainer-unreadable", { file, error: code }));
  }
  if (found === null) return null;
  const uid = Number(found.stats.uid);
  if (!isTrusted(uid)) return unused(file, explain("devcontainer-of-another", { file, uid }));
  const parsed = parseJsonc(textOf(found));
  if (!parsed.isValid) {
    return unused(file, explain("devcontainer-json", { file, line: parsed.line, column: parsed.column }));
  }
  if (!isRecord(parsed.value)) return unused(file, explain("devcontainer-form", { file }));
  return { file, content: parsed.value, problem: null };
}

function unused(file: string, problem: Explanation): DevContainerFile {
  return { file, content: null, problem };
}
