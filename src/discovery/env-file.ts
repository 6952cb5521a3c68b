import * as util from "node:util";
import { explain } from "../findings/finding.ts";
import { UserError } from "../findings/user-error.ts";
import type { Environment } from "../platform/environment.ts";

/** A value without quotes that ends at a `#` in the middle of a word. */
export interface CutValue {
  readonly variable: string;
  /** From 1 on. */
  readonly line: number;
}

/** The variables of an env file, and the values that other programs read otherwise. */
export interface EnvFile {
  readonly variables: Environment;
  readonly cut: readonly CutValue[];
}

/**
 * Reads a text of lines `NAME=value` as Node itself does (`node --env-file`).
 * @param file what messages call it
 * @throws UserError where this Node has no such reader
 * Source: https://nodejs.org/api/util.html#utilparseenvcontent
 */
export function parseEnvFile(text: string, file: string): EnvFile {
  // Node has it from 20.12 on. A named import would keep the whole program from starting before that.
  const parse: typeof util.parseEnv | undefined = util.parseEnv;
  if (parse === undefined) throw new UserError(explain("env-file-node", { file, version: process.versions.node }));
  const variables: Environment = { ...parse(text) };
  return { variables, cut: findCut(text, variables) };
}

/** `NAME=`, with `export` before it or not. */
const ASSIGNMENT = /^[ \t]*(?:export[ \t]+)?([^\s=#][^=\n]*?)[ \t]*=/;

/**
 * Finds the values that Node ends at a `#`, where docker and compose do not: without quotes, and without white space
 * before the `#`. What Node makes of the text decides; this only finds the line.
 */
function findCut(content: string, variables: Environment): CutValue[] {
  const found: CutValue[] = [];
  for (let rest = content, line = 1; rest !== ""; ) {
    const [, name = ""] = ASSIGNMENT.exec(rest) ?? [];
    const end = endOfEntry(rest);
    const value = rest.slice(rest.indexOf("=") + 1, end);
    const [, kept] = /^[ \t]*([^#]*)#/.exec(value) ?? [];
    const isWord = kept !== undefined && !/[ \t]$/.test(kept) && !/^[ \t]+#/.test(value);
    if (name !== "" && isWord && !value.includes("\n") && variables[name] === kept) {
      found.push({ variable: name, line });
    }
    line += rest.slice(0, end + 1).split("\n").length - 1;
    rest = rest.slice(end + 1);
  }
  return found;
}

/** The offset of the line break that ends the first entry of a text; a value in quotes may have several lines. */
function endOfEntry(text: string): number {
  const [opening, quote = ""] = /^[^\n=#]+=[ \t]*(["'`])/.exec(text) ?? [];
  const closing = opening === undefined ? -1 : text.indexOf(quote, opening.length);
  const end = text.indexOf("\n", Math.max(closing, 0));
  return end === -1 ? text.length : end;
}
