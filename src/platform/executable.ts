import { accessSync, constants, statSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { type Environment, variable } from "./environment.ts";

/** What Windows adds to a name without PATHEXT. Source: Go's os/exec, which docker and podman are built with. */
const DEFAULT_EXTENSIONS = ".com;.exe;.bat;.cmd";

/** npx and `npm run` add such folders to the PATH, for the programs that they start alone. */
const FOLDER_OF_NPM = /[\\/]node_modules[\\/]\.bin[\\/]?$/;

/**
 * The first program of this name on the PATH that may be run; null where there is none. On Windows as Go's programs search
 * it: with the extensions of PATHEXT, and never in the current folder.
 * @returns an absolute path, or a relative one where the folder on the PATH is relative
 * Source: Go's os/exec.LookPath and path/filepath.SplitList
 */
export function findProgram(name: string, env: Environment, platform = process.platform): string | null {
  return findIn(foldersOfPath(env, platform), name, env, platform);
}

/**
 * The same, if it has an absolute path: clients start no program from a relative folder of the PATH.
 * Source: Go's os/exec, ErrDot
 */
export function findAbsoluteProgram(name: string, env: Environment, platform = process.platform): string | null {
  const file = findProgram(name, env, platform);
  return file !== null && isAbsolute(file) ? file : null;
}

/** The same without the folders that npm adds for one run: what a program finds that is started later. */
export function findLastingProgram(name: string, env: Environment, platform = process.platform): string | null {
  const folders = foldersOfPath(env, platform).filter((folder) => !FOLDER_OF_NPM.test(folder));
  return findIn(folders, name, env, platform);
}

function findIn(folders: readonly string[], name: string, env: Environment, platform: NodeJS.Platform): string | null {
  const names = platform === "win32" ? namesOnWindows(name, env) : [name];
  const files = folders.flatMap((folder) => names.map((each) => join(folder, each)));
  return files.find((file) => isProgram(file, platform)) ?? null;
}

function foldersOfPath(env: Environment, platform: NodeJS.Platform): string[] {
  const path = variable(env, "PATH", platform) ?? "";
  // An empty entry is the current folder; on Windows it is skipped.
  if (platform !== "win32") return path.split(":").map((folder) => folder || ".");
  const entries = path.match(/(?:"[^"]*"?|[^;"])+/g) ?? [];
  return entries.map((entry) => entry.replaceAll('"', "")).filter((folder) => folder !== "");
}

function namesOnWindows(name: string, env: Environment): string[] {
  const extensions = (variable(env, "PATHEXT", "win32") || DEFAULT_EXTENSIONS).toLowerCase().split(";");
  const withExtension = extensions
    .filter((each) => each !== "")
    .map((each) => name + (each[0] === "." ? each : `.${each}`));
  return name.includes(".") ? [name, ...withExtension] : withExtension;
}

function isProgram(file: string, platform: NodeJS.Platform): boolean {
  try {
    // Windows has no right to execute a file.
    if (platform !== "win32") accessSync(file, constants.X_OK);
    // A folder may be "run", too, and root may run what nobody may.
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
