import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import type { Environment } from "./environment.ts";

/**
 * The first program of this name on the PATH that may be run; null where there is none.
 * @returns an absolute path, or a relative one where the folder on the PATH is relative
 */
export function findProgram(name: string, { PATH = "" }: Environment): string | null {
  for (const folder of PATH.split(delimiter)) {
    const file = join(folder || ".", name);
    try {
      accessSync(file, constants.X_OK);
      // A folder may be "run", too, and root may run what nobody may.
      if (statSync(file).isFile()) return file;
    } catch {
      // The next folder may have it.
    }
  }
  return null;
}
