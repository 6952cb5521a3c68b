import { type Code, type Explanation, explain } from "./finding.ts";

/** Something a person can mend: what is wrong, and what to do next. Anything else that is thrown is a bug. */
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
 * Makes a file system's refusal something that a person can mend; anything else stays as it is.
 * @param path what could not be written
 */
export function explainWriteError(error: unknown, path: string, advice: string): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (error instanceof UserError || code === undefined) return error;
  return code === "ENOSPC" || code === "EDQUOT"
    ? new UserError(explain("disk-full", { path }))
    : new UserError(explain("not-writable", { path, error: code, advice }));
}
