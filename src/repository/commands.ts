import { isRecord, parseJsonc } from "../platform/jsonc.ts";
import { type EngineCall, engineCall } from "./engine-calls.ts";
import { parseShell, type ShellCommand } from "./shell.ts";
import { folderOf, pathFrom, type Sources } from "./sources.ts";

/** A call of a container engine, and the file and line in which it is. */
export interface FoundCall extends EngineCall {
  readonly file: string;
  /** From 1 on; of the file if it is a script. */
  readonly line: number;
  /** Whether it is in a script, and not in the command itself. */
  readonly isInScript: boolean;
}

/** What a command runs. */
export interface Analysis {
  readonly calls: readonly FoundCall[];
  /** The scripts of the repository that it runs, in their order. */
  readonly scripts: readonly string[];
}

const MAX_DEPTH = 4;

/**
 * Finds what a lifecycle command does with container engines: by itself, in the shells that it starts, and in scripts, Makefile
 * targets and npm scripts of the repository.
 * @param command a shell text, or a program with its arguments
 * @param file the file that the command is written in
 */
export function analyzeCommand(sources: Sources, command: string | readonly string[], file: string): Analysis {
  const calls: FoundCall[] = [];
  const scripts: string[] = [];
  const seen = new Set<string>();
  const run: Run = { sources, calls, scripts, seen };
  const place: Place = { file, folder: ".", isScript: false, depth: 0, line: 0 };
  if (typeof command === "string") readText(run, command, place);
  else readCommand(run, { words: command, line: 1, variables: [] }, place);
  return { calls, scripts };
}

interface Run {
  readonly sources: Sources;
  readonly calls: FoundCall[];
  readonly scripts: string[];
  readonly seen: Set<string>;
}

interface Place {
  readonly file: string;
  /** The folder in which it runs, as far as that is known. */
  readonly folder: string;
  readonly isScript: boolean;
  readonly depth: number;
  /** The line before its first. */
  readonly line: number;
}

function readText(run: Run, text: string, place: Place): void {
  for (const command of parseShell(text).commands) readCommand(run, command, place);
}

function readCommand(run: Run, command: ShellCommand, place: Place): void {
  const call = engineCall(command);
  if (call !== null) {
    run.calls.push({ ...call, file: place.file, line: place.line + command.line, isInScript: place.isScript });
    return;
  }
  if (place.depth >= MAX_DEPTH) return;
  const inner = { ...place, depth: place.depth + 1 };
  const [program = "", ...args] = command.words;
  const name = (program.split(/[\\/]/).at(-1) ?? "").replace(/\.exe$/i, "").toLowerCase();
  if (name === "make" || name === "gmake") readMakefile(run, args, inner);
  else if (/^(?:npm|yarn|pnpm)$/.test(name)) readPackageScript(run, args, inner);
  else if (/^(?:bash|sh|zsh|dash|ash|ksh)$/.test(name))
    readShell(run, args, { ...inner, line: place.line + command.line - 1 });
  else if (/^(?:powershell|pwsh)$/.test(name)) readPowerShell(run, args, inner);
  else if (name === "cmd") {
    const at = args.findIndex((arg) => /^\/[ck]$/i.test(arg));
    if (at !== -1) readText(run, args.slice(at + 1).join(" "), inner);
  } else if (name === "source" || name === "." || /^(?:python3?|node|ruby|perl|deno|bun|tsx)$/.test(name)) {
    readScript(run, args.find((arg) => !arg.startsWith("-")) ?? "", inner);
  } else readScript(run, program, inner);
}

function readShell(run: Run, args: readonly string[], place: Place): void {
  const at = args.findIndex((arg) => /^-[a-z]*c$/.test(arg));
  if (at !== -1) readText(run, args[at + 1] ?? "", place);
  else readScript(run, args.find((arg) => !arg.startsWith("-")) ?? "", place);
}

function readPowerShell(run: Run, args: readonly string[], place: Place): void {
  const file = args.findIndex((arg) => /^-f(?:ile)?$/i.test(arg));
  const at = args.findIndex((arg) => /^-c(?:ommand)?$/i.test(arg));
  if (file !== -1) readScript(run, args[file + 1] ?? "", place);
  else readText(run, args.slice(at + 1).join(" "), place);
}

/** A script is looked for where the command runs, and next to the file that names it. */
function readScript(run: Run, written: string, place: Place): void {
  const path = written
    .replace(/^\$\{localWorkspaceFolder\}[\\/]|^\$\{?(?:PWD|WORKSPACE)\}?\//, "")
    .replace(/^["']?\$\((?:dirname|cd)[^)]*\)\/?/, "./")
    .replaceAll("\\", "/");
  if (!/[./]/.test(path) || /[${}*?\s]/.test(path) || path.startsWith("/")) return;
  for (const folder of place.isScript ? [place.folder, folderOf(place.file)] : [place.folder]) {
    const file = pathFrom(run.sources, folder, path);
    if (run.seen.has(file)) return;
    const text = run.sources.readQuietly(file);
    if (text === null || text.includes("\0")) continue;
    run.seen.add(file);
    run.scripts.push(file);
    readText(run, commentsAs(text, file), { ...place, file, isScript: true, line: 0 });
    return;
  }
}

/** A batch file's comments are not those of a shell. */
function commentsAs(text: string, file: string): string {
  return /\.(?:cmd|bat)$/i.test(file)
    ? text.replace(/^[ \t]*@?(?:rem\b|::).*$/gim, "").replaceAll(/^[ \t]*@/gm, "")
    : text;
}

/** The recipe of a target, and those of the targets that it needs. */
function readMakefile(run: Run, args: readonly string[], place: Place): void {
  const at = args.indexOf("-C");
  const folder = at === -1 ? place.folder : pathFrom(run.sources, place.folder, args[at + 1] ?? ".");
  const named = args.indexOf("-f");
  const names = named === -1 ? ["GNUmakefile", "makefile", "Makefile"] : [args[named + 1] ?? ""];
  const file = names
    .map((name) => pathFrom(run.sources, folder, name))
    .find((path) => run.sources.readQuietly(path) !== null);
  if (file === undefined) return;
  const lines = (run.sources.readQuietly(file) ?? "").split(/\r?\n/);
  const rules = lines.flatMap((line, index) => {
    const [, names, needs = ""] = /^([^\s#:=][^:=]*):(?!=)\s*([^#=]*)/.exec(line) ?? [];
    return names === undefined ? [] : [{ names: names.trim().split(/\s+/), needs: needs.trim().split(/\s+/), index }];
  });
  const wanted = args.filter((arg, index) => !/^-|=/.test(arg) && args[index - 1] !== "-C" && args[index - 1] !== "-f");
  const queue = wanted.length > 0 ? wanted : (rules.find(({ names }) => !names[0]?.startsWith("."))?.names ?? []);
  const done = new Set<string>();
  for (const target of queue) {
    const rule = rules.find(({ names }) => names.includes(target));
    if (rule === undefined || done.has(target)) continue;
    done.add(target);
    queue.push(...rule.needs);
    const recipe = lines.slice(rule.index + 1);
    const end = recipe.findIndex((line) => !/^(?:\t|\s*#|\s*$)/.test(line));
    const text = (end === -1 ? recipe : recipe.slice(0, end)).map((line) => line.replace(/^\t[@+-]*/, "")).join("\n");
    readText(run, text, { ...place, file, folder, isScript: true, line: rule.index + 1 });
  }
}

function readPackageScript(run: Run, args: readonly string[], place: Place): void {
  const words = args.filter((arg) => !arg.startsWith("-"));
  const name = words[0] === "run" || words[0] === "run-script" ? words[1] : words[0];
  const file = pathFrom(run.sources, place.folder, "package.json");
  const text = run.sources.readQuietly(file);
  const parsed = text === null ? null : parseJsonc(text);
  const scripts = parsed?.isValid === true && isRecord(parsed.value) ? parsed.value.scripts : null;
  const script = isRecord(scripts) && name !== undefined ? scripts[name] : undefined;
  if (typeof script === "string") readText(run, script, { ...place, file, isScript: true, line: 0 });
}
