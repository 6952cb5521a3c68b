import { printable } from "../printable.ts";

/**
 * Describes a bug of ours without the error's message, which may quote a secret.
 * @returns a line for a person, and the stack for a developer
 */
export function describeBug(error: unknown): string {
  const { name = "error", code = "", stack = "" } = error as NodeJS.ErrnoException;
  const frames = stack.split("\n").filter((line) => /^\s+at /.test(line));
  const kind = printable([name, code].filter((text) => text !== "").join(" "));
  return [`registry-login: unexpected error (${kind}); please report it with these lines:`, ...frames, ""].join("\n");
}
