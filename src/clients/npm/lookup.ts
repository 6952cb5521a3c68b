import { join } from "node:path";
import type { Environment } from "../../platform/environment.ts";
import { MAX_CONFIG_BYTES, readTextIfPossible } from "../../platform/read-file.ts";
import { npmrcFile, npmTokenKey, parseNpmLine } from "./npmrc.ts";

/** A line of .npmrc that gives npm its token for a host. */
export interface NpmSetting {
  readonly file: string;
  readonly setting: string;
  /** The line, in its plain form; see {@link plainLine}. */
  readonly line: string;
  /** The token, with variables expanded as npm does. */
  readonly token: string;
  /** A variable that it refers to but that is not set. */
  readonly unset: string | null;
}

/**
 * The setting that npm would use: the project's .npmrc overrides the user's.
 * @param folder where npm would be run
 * Source: https://docs.npmjs.com/cli/configuring-npm/npmrc
 */
export function findNpmSetting(env: Environment, host: string, folder: string): NpmSetting | null {
  const setting = npmTokenKey(host);
  for (const file of [join(folder, ".npmrc"), npmrcFile(env)]) {
    const value = readLines(file)
      .map(parseNpmLine)
      .findLast((each) => each?.setting === setting)?.value;
    if (value === undefined) continue;
    const names = [...value.matchAll(/\$\{([^}]+)\}/g)].map(([, name = ""]) => name);
    const token = value.replace(/\$\{([^}]+)\}/g, (_, name: string) => env[name] ?? "");
    return {
      file,
      setting,
      line: `${setting}=${value}`,
      token,
      unset: names.find((name) => (env[name] ?? "") === "") ?? null,
    };
  }
  return null;
}

/**
 * Does npm install the packages of any scope from this host, run in the current folder? Without such a line it never
 * presents a token there.
 */
export function hasNpmScope(env: Environment, host: string): boolean {
  const name = host.replaceAll(".", "\\.");
  const isScope = new RegExp(`^\\s*@[^=\\n]+:registry\\s*=\\s*"?https://${name}/?"?\\s*$`, "m");
  return [join(currentFolder(), ".npmrc"), npmrcFile(env)].some((file) =>
    isScope.test(readTextIfPossible(file, MAX_CONFIG_BYTES) ?? ""),
  );
}

/** Where npm would be run; the root if the current folder was deleted. */
export function currentFolder(): string {
  try {
    return process.cwd();
  } catch {
    return "/";
  }
}

function readLines(file: string): string[] {
  return readTextIfPossible(file, MAX_CONFIG_BYTES)?.split(/\r?\n/) ?? [];
}
