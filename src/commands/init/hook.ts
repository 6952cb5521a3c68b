import { type Explanation, explain } from "../../findings/finding.ts";
import { UserError } from "../../findings/user-error.ts";
import { isRecord } from "../../platform/jsonc.ts";
import { commentsBetween, objectAt, type Property } from "../../platform/jsonc-objects.ts";
import type { Analysis, FoundCall } from "../../repository/commands.ts";
import type { Needs } from "../../repository/look.ts";
import { parseShell } from "../../repository/shell.ts";
import type { Sources } from "../../repository/sources.ts";
import { type Document, lineOf, propertyOf } from "./document.ts";
import { type Entry, type Insertion, insertEntries } from "./edit/insert.ts";
import { indentOfLine } from "./edit/layout.ts";
import { hookCommand, hookLine, runsOurProgram, SLASH } from "./hook-line.ts";

/** What happens to `initializeCommand`. */
export interface HookPlan {
  readonly action: "none" | "present" | "add" | "chain" | "replace" | "object" | "object-key" | "tell";
  /** Its new value; null where it does not change. */
  readonly value: unknown;
  /** The line to write by hand; null where nothing is to be written. */
  readonly suggestion: string | null;
  /** Where a property is added: with the others of the root. */
  readonly entry: Entry | null;
  readonly insertions: readonly Insertion[];
  readonly notes: readonly Explanation[];
}

const NOTHING: HookPlan = { action: "none", value: null, suggestion: null, entry: null, insertions: [], notes: [] };

const KEY = "initializeCommand";

/** What a plan for the hook is made from. */
export interface HookInput {
  readonly file: string;
  readonly document: Document;
  readonly hook: Needs["hook"];
  readonly envFiles: readonly string[];
  readonly sources: Pick<Sources, "readQuietly">;
}

/**
 * Puts the login in front of what `initializeCommand` does, where that is certain to be right; otherwise it says what to write.
 * @param isNeeded whether a private registry is needed before the container exists
 * @throws UserError for a value that is not a command
 */
export function planHook(input: HookInput, isNeeded: boolean): HookPlan {
  const { document, file } = input;
  const property = propertyOf(document.root, KEY);
  const command = document.value[KEY];
  if (isOurs(command)) return { ...NOTHING, action: "present", value: command };
  if (!isNeeded) return NOTHING;
  const line = hookLine(input.envFiles);
  if (property === undefined) return { ...NOTHING, action: "add", value: line, entry: { key: KEY, value: line } };
  if (typeof command === "string") return planString(input, property, command, line);
  if (Array.isArray(command)) return planArray(input, property, command, line);
  if (isRecord(command)) return planObject(input, property, command, line);
  const expected = "a string, an array or an object";
  throw new UserError(explain("wrong-type", { file, line: lineOf(document.text, property.from), key: KEY, expected }));
}

function isOurs(command: unknown): boolean {
  return isRecord(command) ? Object.values(command).some(runsOurProgram) : runsOurProgram(command);
}

function planString(input: HookInput, { value: { from } }: Property, command: string, line: string): HookPlan {
  const { file } = input;
  const chained = `(${line}) && ${command.trimStart()}`;
  const insert = (text: string): Insertion[] => [{ at: from + 1, text }];
  const inner = JSON.stringify(line).slice(1, -1);
  if (command.trim() === "") {
    const text = command === "" ? inner.replace("/", SLASH.wasEmpty) : inner;
    return { ...NOTHING, action: "replace", value: line + command, insertions: insert(text) };
  }
  const { commands, hasBackground, isComplete } = parseShell(command);
  if (hasBackground) {
    return { ...NOTHING, action: "tell", suggestion: line, notes: [explain("hook-background", { file, line })] };
  }
  const reason = !isComplete
    ? "its quotes or parentheses are not closed"
    : commands.length === 0 || /^\s*#/.test(command)
      ? "it begins with a comment"
      : null;
  if (reason !== null) {
    const notes = [explain("hook-form", { file, reason, line: `(${line}) &&` })];
    return { ...NOTHING, action: "tell", suggestion: chained, notes };
  }
  return { ...NOTHING, action: "chain", value: `(${line}) && ${command}`, insertions: insert(`(${inner}) && `) };
}

function planArray(input: HookInput, property: Property, command: readonly unknown[], line: string): HookPlan {
  const { document } = input;
  const { from, to } = property.value;
  const { text, layout } = document;
  if (command.length === 0) return planEmptyArray(input, property, line);
  const told = tellPulls(input, [...input.hook.values()], line, command);
  if (told !== null) return told;
  const value = { "registry-login": line, project: command };
  if (layout.isOneLine) {
    const start = `{ "registry-login": ${JSON.stringify(line)}, "project": `;
    const insertions = [
      { at: from, text: start },
      { at: to, text: " }" },
    ];
    return { ...NOTHING, action: "object", value, insertions };
  }
  const indent = indentOfLine(text, property.from);
  const inner = indent + layout.unit;
  const head = `{${layout.eol}${inner}"registry-login": ${JSON.stringify(line)},${layout.eol}${inner}"project": `;
  return {
    ...NOTHING,
    action: "object",
    value,
    insertions: [
      { at: from, text: head },
      { at: to, text: `${layout.eol}${indent}}` },
    ],
  };
}

/** An empty array is no command; a string instead of it would lose a comment in it. */
function planEmptyArray({ document, file }: HookInput, property: Property, line: string): HookPlan {
  const { from, to } = property.value;
  const inside = document.text.slice(from + 1, to - 1);
  if (inside !== "") {
    const reason =
      commentsBetween(document.text, from + 1, to - 1).length > 0 ? "it has a comment in it" : "it is an empty array";
    const notes = [explain("hook-form", { file, reason, line })];
    return { ...NOTHING, action: "tell", suggestion: line, notes };
  }
  const literal = JSON.stringify(line).replace("/", SLASH.wasArray);
  // The brackets are all that is ever replaced.
  return { ...NOTHING, action: "replace", value: line, insertions: [{ at: from, text: literal, skip: 2 }] };
}

function planObject(
  input: HookInput,
  property: Property,
  command: Readonly<Record<string, unknown>>,
  line: string,
): HookPlan {
  const { document } = input;
  const told = tellPulls(input, [...input.hook.values()], line, command);
  if (told !== null) return told;
  const name =
    ["registry-login", "registry-login-cli"].find((key) => !Object.hasOwn(command, key)) ?? "registry-login-init";
  const content = document.text.replace(/^\uFEFF/, " ");
  const target = objectAt(content, property.value.from);
  const entries = [{ key: name, value: line }];
  return {
    ...NOTHING,
    action: "object-key",
    value: { ...command, [name]: line },
    insertions: insertEntries(content, target, entries, document.layout),
  };
}

/** What is in an array or object would run at the same time as the login. */
function tellPulls(
  { file, sources, envFiles }: HookInput,
  analyses: readonly Analysis[],
  line: string,
  command: unknown,
): HookPlan | null {
  const calls = analyses.flatMap((analysis) => analysis.calls);
  const call = calls.find((each) => each.kind !== "login" || each.hosts.length > 0);
  if (call === undefined) return null;
  if (call.isInScript) return tellScript(call, file, envFiles, sources);
  const suggestion = Array.isArray(command)
    ? `(${line}) && ${quoteAll(command)}`
    : `(${line}) && ${call.command.words.join(" ")}`;
  const where = isRecord(command) ? "next to others in an object" : "as an array";
  const notes = [explain("hook-parallel", { file, program: call.program, where, line: suggestion })];
  return { ...NOTHING, action: "tell", suggestion, notes };
}

function tellScript(
  { file: script, program, line }: FoundCall,
  file: string,
  envFiles: readonly string[],
  sources: HookInput["sources"],
): HookPlan {
  const command = `${hookCommand(envFiles)} || true`;
  const notes: Explanation[] = [explain("hook-script", { file, script, program, line, command })];
  const twin = script.replace(/\.[^./]*$/, "");
  for (const extension of [".cmd", ".bat", ".ps1"]) {
    const other = twin + extension;
    if (other !== script && sources.readQuietly(other) !== null)
      notes.push(explain("hook-script-twin", { script: other }));
  }
  return { ...NOTHING, action: "tell", suggestion: command, notes };
}

function quoteAll(words: readonly unknown[]): string {
  return words.map((word) => (/^[\w@%+=:,./${}-]+$/.test(String(word)) ? String(word) : `"${String(word)}"`)).join(" ");
}
