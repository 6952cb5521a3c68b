import { explain } from "../findings/finding.ts";
import { UserError } from "../findings/user-error.ts";

/**
 * An error of a command line.
 * @param problem a clause that names what the program knows, and never repeats what was written: people put secrets
 * anywhere. Only what is a letter or two away from a known name may be in it.
 * @param near that known name
 */
export function usageError(problem: string, near: string | null = null): UserError {
  return new UserError(near === null ? explain("usage", { problem }) : explain("usage-near", { problem, near }));
}
