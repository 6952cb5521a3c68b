import { createScanner } from "jsonc-parser";
import { parseJson } from "../../platform/json.ts";
import { objectAt, type Span } from "../../platform/jsonc-objects.ts";
import { isSameName } from "./field-name.ts";

/** A type into which Go decodes a value. */
export type GoType =
  | "string"
  | { readonly list: "string" }
  | { readonly map: GoType }
  | { readonly struct: Readonly<Record<string, GoType>> };

/** What Go keeps of a text. */
export interface Decoded {
  /** A map and a struct become an object, a struct with the names of its type; what is missing or null is left out. */
  readonly value: unknown;
  /** The path of the first value of a wrong type, or of an unknown name where those are errors; null without one. */
  readonly fault: string | null;
  /** Whether more than blanks follows the value. */
  readonly hasMore: boolean;
}

interface Decoding {
  readonly text: string;
  readonly isStrict: boolean;
  fault: string | null;
}

/**
 * Decodes the first value of a text as Go does: names match in any case, the last one wins but maps are merged, null changes
 * nothing but a map, and a value of a wrong type is an error that leaves everything else as it is.
 * @param isStrict whether a name that the type does not have is an error (DisallowUnknownFields)
 * @returns null where the text does not start with a JSON value
 * Source: https://pkg.go.dev/encoding/json
 */
export function decodeGo(text: string, type: GoType, isStrict = false): Decoded | null {
  const span = firstValue(text);
  if (span === null) return null;
  const decoding: Decoding = { text, isStrict, fault: null };
  const value = decode(decoding, span, type, undefined, []);
  return { value, fault: decoding.fault, hasMore: text.slice(span.to).trim() !== "" };
}

/** As deep as Go reads. Source: encoding/json `maxNestingDepth` */
const MAX_DEPTH = 10_000;

function firstValue(text: string): Span | null {
  const scanner = createScanner(text, true);
  let depth = 0;
  scanner.scan();
  const from = scanner.getTokenOffset();
  if (text.slice(0, from).trim() !== "") return null;
  for (;;) {
    const sign = text[scanner.getTokenOffset()];
    if (sign === undefined) return null;
    if (sign === "{" || sign === "[") depth++;
    if (sign === "}" || sign === "]") depth--;
    if (depth === 0) break;
    if (depth > MAX_DEPTH) return null;
    scanner.scan();
  }
  const to = scanner.getPosition();
  return parseJson(text.slice(from, to)) === undefined ? null : { from, to };
}

function decode(decoding: Decoding, span: Span, type: GoType, before: unknown, path: readonly string[]): unknown {
  const { text } = decoding;
  const sign = text[span.from];
  if (sign === "n") return typeof type === "object" && !("struct" in type) ? undefined : before;
  if (sign !== signOf(type)) return fail(decoding, path, before);
  if (type === "string") return JSON.parse(text.slice(span.from, span.to));
  if ("list" in type) {
    const list: unknown[] = JSON.parse(text.slice(span.from, span.to));
    return list.every((each) => each === null || typeof each === "string") ? list : fail(decoding, path, before);
  }
  const values = new Map<string, unknown>(Object.entries(before ?? {}));
  for (const { key, value } of objectAt(text, span.from).items) {
    const inner = [...path, key];
    if ("map" in type) {
      const kept = decode(decoding, value, type.map, undefined, inner);
      values.set(key, kept ?? zeroOf(type.map));
      continue;
    }
    const name = Object.keys(type.struct).find((each) => isSameName(each, key));
    if (name === undefined) {
      if (decoding.isStrict) fail(decoding, inner, undefined);
      continue;
    }
    values.set(name, decode(decoding, value, type.struct[name] ?? "string", values.get(name), inner));
  }
  // Unlike an assignment, this also makes a property of the name __proto__.
  return Object.fromEntries([...values].filter(([, value]) => value !== undefined));
}

function signOf(type: GoType): string {
  if (type === "string") return '"';
  return "list" in type ? "[" : "{";
}

/** What a map holds for a key whose value is null or of a wrong type. */
function zeroOf(type: GoType): unknown {
  return type === "string" ? "" : {};
}

function fail(decoding: Decoding, path: readonly string[], before: unknown): unknown {
  decoding.fault ??= path.join(".") || "form";
  return before;
}
