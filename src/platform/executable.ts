import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import type { Environment } from "./environment.ts";

/** Is there a program of this name on the PATH that may be run? */
export function findProgram(name: string, { PATH = "" }: Environment): string | null {
  for (const folder of PATH.split(delimiter)) {
    const file = join(folder || ".", name);
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      // The next folder may have it.
    }
  }
  return null;
}
