import { type ParseError, parse } from "jsonc-parser";

/** What a text is: the value of JSON with comments and trailing commas, or where it stops being that (both from 1 on). */
export type Jsonc =
  | { readonly isValid: true; readonly value: unknown }
  | { readonly isValid: false; readonly line: number; readonly column: number };

/**
 * Parses JSON with comments, as the dev container CLI and editors read devcontainer.json.
 * Source: https://containers.dev/implementors/json_reference/
 */
export function parseJsonc(text: string): Jsonc {
  const errors: ParseError[] = [];
  try {
    const value: unknown = parse(text, errors, { allowTrailingComma: true });
    const [first] = errors;
    if (first === undefined) return { isValid: true, value };
    const before = text.slice(0, first.offset).split("\n");
    return { isValid: false, line: before.length, column: (before.at(-1) ?? "").length + 1 };
  } catch (error) {
    // The parser calls itself for each level of brackets.
    if (error instanceof RangeError) return { isValid: false, line: 1, column: 1 };
    throw error;
  }
}

/** Is this a JSON object? */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
