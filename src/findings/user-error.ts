import { type Code, type Explanation, explain } from "./finding.ts";

/** An error that a person can fix: what is wrong, and what to do next. Anything else that is thrown is a bug. */
export class UserError extends Error {
  readonly code: Code;
  readonly hint: string;

  constructor({ code, message, hint }: Explanation) {
    super(message);
    this.name = "UserError";
    this.code = code;
    this.hint = hint;
  }
}

/**
 * Turns an error of the file system into one that a person can fix; anything else is returned as it is.
 * @param path what could not be written
 * @param advice the hint, unless the disk is full
 */
export function explainWriteError(error: unknown, path: string, advice: string): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (error instanceof UserError || code === undefined) return error;
  return code === "ENOSPC" || code === "EDQUOT"
    ? new UserError(explain("disk-full", { path }))
    : new UserError(explain("not-writable", { path, error: code, advice }));
}
