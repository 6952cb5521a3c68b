/**
 * An unexpected error, told without its message: that may quote what was being read.
 * @returns a line for a person, and where it happened for whoever mends it
 */
export function describeBug(error: unknown): string {
  const { name = "error", code = "", stack = "" } = error as NodeJS.ErrnoException;
  const frames = stack.split("\n").filter((line) => /^\s+at /.test(line));
  return [`registry-login: unexpected ${name} ${code}, please report it:`, ...frames, ""].join("\n");
}
