/** A simple command of a shell text. */
export interface ShellCommand {
  /** Without quotes, redirections, leading assignments and words like `if` or `sudo`. */
  readonly words: readonly string[];
  /** From 1 on. */
  readonly line: number;
  /** The texts of the variables that it and what is piped into it use. */
  readonly variables: readonly string[];
}

/** A shell text, read as far as it is needed to see which programs it runs. */
export interface ShellText {
  readonly commands: readonly ShellCommand[];
  /** Whether a single `&` starts a part of it in the background. */
  readonly hasBackground: boolean;
  /** Whether all quotes and parentheses are closed. */
  readonly isComplete: boolean;
}

const PREFIXES = new Set(
  "! { then do else elif if while until time exec command sudo nohup env builtin call start".split(" "),
);

/** What the reader is in the middle of. */
interface State {
  commands: ShellCommand[];
  words: string[];
  word: string | null;
  /** Whether the next word is where a redirection leads. */
  redirects: boolean;
  /** From the start of the pipeline on. */
  variables: string[];
  line: number;
  commandLine: number;
  hasBackground: boolean;
  isComplete: boolean;
  depth: number;
  heredocs: { readonly end: string; readonly isIndented: boolean }[];
}

/**
 * Splits a shell text into simple commands. `cmd.exe` and PowerShell separate commands nearly so; what only they know does no harm.
 * Source: https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html
 */
export function parseShell(text: string): ShellText {
  const state: State = {
    commands: [],
    words: [],
    word: null,
    redirects: false,
    variables: [],
    line: 1,
    commandLine: 1,
    hasBackground: false,
    isComplete: true,
    depth: 0,
    heredocs: [],
  };
  for (let at = 0; at < text.length; ) at = step(text, at, state);
  endCommand(state, true);
  const { commands, hasBackground, isComplete, depth } = state;
  return { commands, hasBackground, isComplete: isComplete && depth === 0 };
}

/** Reads on from an offset. @returns the next one */
function step(text: string, at: number, state: State): number {
  const sign = text[at] ?? "";
  const next = text[at + 1] ?? "";
  if (sign === "\\") return escaped(text, at, state);
  if (sign === "'" || sign === '"') return quoted(text, at, state);
  if (sign === "$" || sign === "`") return expansion(text, at, state);
  if (sign === "#" && state.word === null) return lineEnd(text, at);
  if (sign === "\n") return newLine(text, at, state);
  if (/\s/.test(sign)) endWord(state);
  else if (sign === "<" && next === "<" && text[at + 2] !== "<") return heredoc(text, at, state);
  else if (sign === "<" || sign === ">") {
    // A number before it is the descriptor.
    if (/^\d+$/.test(state.word ?? "")) state.word = null;
    endWord(state);
    state.redirects = true;
    return at + 1 + (/^[>&|]/.test(next) ? 1 : 0);
  } else if (/[;&|()]/.test(sign)) return operator(text, at, state);
  else state.word = (state.word ?? "") + sign;
  return at + 1;
}

function operator(text: string, at: number, state: State): number {
  const sign = text[at] ?? "";
  const isDouble = text[at + 1] === sign;
  // `&>file` and `|&`
  if (sign === "&" && text[at + 1] === ">") {
    endWord(state);
    return at + 1;
  }
  if (sign === "(") state.depth++;
  if (sign === ")") state.depth--;
  if (sign === "&" && !isDouble) state.hasBackground = true;
  const isPipe = sign === "|" && !isDouble;
  endCommand(state, !isPipe);
  return at + (isDouble && sign !== "(" && sign !== ")" ? 2 : isPipe && text[at + 1] === "&" ? 2 : 1);
}

function escaped(text: string, at: number, state: State): number {
  const next = text[at + 1] ?? "";
  if (next === "\n") state.line++;
  else if (text.startsWith("\r\n", at + 1)) {
    state.line++;
    return at + 3;
  } else state.word = (state.word ?? "") + (/[\w.]/.test(next) ? `\\${next}` : next);
  return at + 2;
}

function quoted(text: string, at: number, state: State): number {
  const quote = text[at] ?? "";
  let end = at + 1;
  while (end < text.length && text[end] !== quote) end += quote === '"' && text[end] === "\\" ? 2 : 1;
  if (end >= text.length) state.isComplete = false;
  const content = text.slice(at + 1, end);
  if (quote === '"') {
    noteVariables(content, state);
    nested(content, state);
  }
  state.word = (state.word ?? "") + content.replaceAll(/\\(["\\$`])/g, "$1");
  state.line += content.split("\n").length - 1;
  return end + 1;
}

/** `${...}`, `$(...)` and the same in backquotes: the word keeps its text, and commands in it are read, too. Of `$NAME`, only the sign. */
function expansion(text: string, at: number, state: State): number {
  const end = text[at] === "`" ? text.indexOf("`", at + 1) + 1 || text.length : endOfExpansion(text, at);
  const content = text.slice(at, end);
  noteVariables(content, state);
  nested(content, state);
  state.word = (state.word ?? "") + content;
  state.line += content.split("\n").length - 1;
  return end;
}

function endOfExpansion(text: string, at: number): number {
  const open = text[at + 1];
  if (open !== "(" && open !== "{") return at + 1;
  const close = open === "(" ? ")" : "}";
  let depth = 0;
  for (let end = at + 1; end < text.length; end++) {
    if (text[end] === open) depth++;
    if (text[end] === close && --depth === 0) return end + 1;
  }
  return text.length;
}

function nested(content: string, state: State): void {
  for (const [, inner = "", quoted = ""] of content.matchAll(/\$\(((?:[^()]|\([^()]*\))*)\)|`([^`]*)`/g)) {
    for (const command of parseShell(inner || quoted).commands) {
      state.commands.push({ ...command, line: state.line + command.line - 1 });
    }
  }
}

function noteVariables(content: string, state: State): void {
  for (const [, braced, plain] of content.matchAll(/\$(?:\{!?([A-Za-z_]\w*)|([A-Za-z_]\w*))/g)) {
    state.variables.push(braced ?? plain ?? "");
  }
}

function heredoc(text: string, at: number, state: State): number {
  const [all = "<<", dash = "", , end = ""] = /^<<(-?)\s*(["']?)(\w+)\2/.exec(text.slice(at)) ?? [];
  endWord(state);
  if (end !== "") state.heredocs.push({ end, isIndented: dash !== "" });
  return at + all.length;
}

function newLine(text: string, at: number, state: State): number {
  endCommand(state, true);
  let next = at + 1;
  state.line++;
  for (const { end, isIndented } of state.heredocs) {
    while (next < text.length) {
      const stop = lineEnd(text, next);
      const content = text.slice(next, stop).replace(/\r$/, "");
      next = Math.min(stop + 1, text.length);
      state.line++;
      if ((isIndented ? content.trim() : content) === end) break;
    }
  }
  state.heredocs = [];
  state.commandLine = state.line;
  return next;
}

function lineEnd(text: string, at: number): number {
  const end = text.indexOf("\n", at);
  return end === -1 ? text.length : end;
}

function endWord(state: State): void {
  const { word } = state;
  state.word = null;
  if (word === null) return;
  for (const [, name = ""] of word.matchAll(/^\$(\w+)/g)) state.variables.push(name);
  if (state.redirects) state.redirects = false;
  else {
    if (state.words.length === 0) state.commandLine = state.line;
    state.words.push(word);
  }
}

function endCommand(state: State, isPipelineEnd: boolean): void {
  endWord(state);
  let words = state.words;
  while (words.length > 0 && (PREFIXES.has(words[0] ?? "") || /^[A-Za-z_]\w*=/.test(words[0] ?? ""))) {
    words = words.slice(1);
  }
  if (words.length > 0) {
    const variables = [...new Set(state.variables)];
    state.commands.push({ words, line: state.commandLine, variables });
  }
  state.words = [];
  state.redirects = false;
  if (isPipelineEnd) state.variables = [];
}
