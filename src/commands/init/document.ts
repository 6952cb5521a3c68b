import { createScanner, type ParseError, parse, printParseErrorCode } from "jsonc-parser";
import { explain } from "../../findings/finding.ts";
import { UserError } from "../../findings/user-error.ts";
import { isRecord } from "../../platform/jsonc.ts";
import { type Bracketed, objectAt, type Property } from "../../platform/jsonc-objects.ts";
import { type Layout, layoutOf } from "./edit/layout.ts";

/** A devcontainer.json that can be edited. */
export interface Document {
  readonly text: string;
  readonly root: Bracketed<Property>;
  readonly value: Readonly<Record<string, unknown>>;
  readonly layout: Layout;
}

/**
 * Parses a devcontainer.json strictly: JSON with comments and trailing commas, as editors accept it. The dev container CLI
 * itself also accepts files that mean something else to it than to their author.
 * @param file what messages call it
 * @throws UserError with line and column
 */
export function parseDocument(text: string, file: string): Document {
  // Parsers do not know the mark in front; offsets stay those of the text.
  const content = text.replace(/^\uFEFF/, " ");
  if (content.trim() === "") throw notJson(file, content, 0, "the file is empty");
  const first = firstToken(content);
  if (first.sign !== "{") throw notJson(file, content, first.offset, `the file starts with ${first.sign}, not with {`);
  const errors: ParseError[] = [];
  let value: unknown;
  try {
    value = parse(content, errors, { allowTrailingComma: true });
  } catch (error) {
    if (error instanceof RangeError) throw notJson(file, content, first.offset, "it is nested too deeply");
    throw error;
  }
  const [error] = errors;
  if (error !== undefined) throw notJson(file, content, error.offset, reasonOf(content, error));
  const root = objectAt(content, first.offset);
  if (!isRecord(value)) throw notJson(file, content, first.offset, "the file is not an object");
  return { text, root, value, layout: layoutOf(content, root) };
}

/** The property of this name; the last one, which parsers use. */
export function propertyOf({ items }: Bracketed<Property>, key: string): Property | undefined {
  return items.findLast((item) => item.key === key);
}

/** The line of an offset, from 1 on. */
export function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split(/\r\n|\n|\r/).length;
}

function notJson(file: string, text: string, offset: number, reason: string): UserError {
  const before = text.slice(0, offset).split(/\r\n|\n|\r/);
  const column = (before.at(-1) ?? "").length + 1;
  return new UserError(explain("not-json", { file, line: before.length, column, reason }));
}

function firstToken(text: string): { readonly sign: string; readonly offset: number } {
  const scanner = createScanner(text, true);
  scanner.scan();
  const offset = scanner.getTokenOffset();
  const first = text[offset] ?? "";
  if (first === "{" || first === "[") return { sign: first, offset };
  return { sign: first === '"' ? "a string" : /[\d-]/.test(first) ? "a number" : "something else", offset };
}

/** By the names that jsonc-parser gives its errors. */
const REASONS: Readonly<Record<string, string>> = {
  CommaExpected: "a comma is missing before this",
  ColonExpected: "a colon is missing before this",
  ValueExpected: "a value is missing before this",
  CloseBraceExpected: "a } is missing",
  CloseBracketExpected: "a ] is missing",
  EndOfFileExpected: "something follows the last }",
  UnexpectedEndOfString: "a string has no end",
  UnexpectedEndOfComment: "a comment has no end",
  InvalidCharacter: "a string contains a control character",
  InvalidEscapeCharacter: "a string contains an unknown escape sequence",
  InvalidUnicode: "a string contains an unknown escape sequence",
  UnexpectedEndOfNumber: "a number is not complete",
  InvalidNumberFormat: "a number is not valid",
};

function reasonOf(text: string, { error, offset }: ParseError): string {
  const rest = text.slice(offset);
  if (/^(?:<{7}|={7}|>{7}|\|{7})/.test(rest)) return "a merge conflict is not resolved";
  if (/^['`]/.test(rest)) return "names and texts need double quotes";
  if (/^[A-Za-z_$][\w$]*\s*:/.test(rest)) return "names need double quotes";
  if (rest.startsWith("#")) return "comments begin with //";
  return REASONS[printParseErrorCode(error)] ?? "this is not JSON";
}
