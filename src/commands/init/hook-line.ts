import { parseShell } from "../../repository/shell.ts";

/** What a start prints where the login cannot run; it must not keep a container from starting. */
const OTHERWISE = "echo registry-login did not run: install Node 20 or newer, or log in with docker login";

/** The command alone, for scripts. */
export function hookCommand(envFiles: readonly string[]): string {
  const flags = envFiles.map((file) => ` --env-file ${/^[\w./-]+$/.test(file) ? file : `"${file}"`}`).join("");
  return `npx --yes @registry-login/cli@1 login --if-changed${flags}`;
}

/**
 * The line for `initializeCommand`, which works in `sh` and in `cmd.exe`.
 * @param envFiles files with variables, relative to the workspace folder
 */
export function hookLine(envFiles: readonly string[]): string {
  return `${hookCommand(envFiles)} || ${OTHERWISE}`;
}

/** A line of ours, of any version, within a regular expression. It has no sign that ends a command, except for its own. */
const LINE = String.raw`npx --yes @registry-login(?:\\?/|\\u002f)cli@[\w.^~-]+ login --if-changed(?: --env-file (?:[\w./-]+|\\"[^"\\]*\\"))* \|\| echo registry-login did not run[^&|;()<>"\\]*[^&|;()<>"\\ ]`;

/** The literal of a string that is a line of ours and nothing else, except white space. */
export const WHOLE_LITERAL = new RegExp(String.raw`^"(${LINE})((?: |\\t|\\n|\\r)*)"$`);

/** The start of a literal in which a line of ours comes before another command. */
export const CHAINED_LITERAL = new RegExp(`^"(\\(${LINE}\\) && )`);

/** How a slash in the literal says what was there before: an empty string, or an empty array. */
export const SLASH = { usual: "/", wasEmpty: "\\/", wasArray: "\\u002f" } as const;

/** Does a command run this program, in whatever version and form? */
export function runsOurProgram(command: unknown): boolean {
  if (Array.isArray(command)) return runsOurProgram(command.filter((word) => typeof word === "string").join(" "));
  if (typeof command !== "string") return false;
  return parseShell(command).commands.some(({ words: [program = "", ...rest] }) => {
    if (rest.concat(program).some((word) => /^@registry-login\/cli(?:@|$)/.test(word))) return true;
    const name = program.split(/[\\/]/).at(-1) ?? "";
    return /^registry-login(?:\.exe)?$/.test(name) && (rest[0] === undefined || /^(?:login|-)/.test(rest[0]));
  });
}
