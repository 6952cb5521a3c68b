import { realpathSync } from "node:fs";
import { resolve } from "node:path";

/** A path without symlinks; as it is, but absolute, where it does not exist (any more). */
export function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
}
