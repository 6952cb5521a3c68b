import { createScanner } from "jsonc-parser";
import { isSameName } from "./field-name.ts";

/** A range of a text: the offset of its first character, and the offset after its last. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export interface Property extends Span {
  readonly key: string;
  readonly value: Span;
}

/** The path of a property: its key, or that of the object that it is in, and its key. */
export type JsonPath = readonly [string] | readonly [string, string];

/** The text of a property's value; undefined where there is no such property. @param text a valid JSON object */
export function textInJson(text: string, [top, key]: JsonPath): string | undefined {
  const outer = propertiesAt(text, text.indexOf("{")).find((each) => isSameName(each.key, top));
  if (outer === undefined || key === undefined) return outer && text.slice(outer.value.from, outer.value.to);
  if (text[outer.value.from] !== "{") return undefined;
  const inner = propertiesAt(text, outer.value.from).find((each) => each.key === key);
  return inner && text.slice(inner.value.from, inner.value.to);
}

/**
 * Sets or removes one property of a JSON text, without changing a byte of the others. In a text of several lines, a new
 * property gets a line of its own, indented like the others. (jsonc-parser's own edits reformat the neighbors or put
 * everything on one line; they need seconds for a large text, and overflow the stack for a deep one.)
 * @param text a valid JSON object
 * @param path one key, or two; the first is created if it is missing or null
 * @param value undefined: remove
 * @param json what is written where there is a value already; the value's own text by default
 * @returns null if a key of the path occurs twice, the first one in any case, because programs may read either
 */
export function setInJson(text: string, [top, key]: JsonPath, value: unknown, json?: string): string | null {
  const start = text.indexOf("{");
  const root = propertiesAt(text, start);
  const [parent, another] = root.filter((each) => isSameName(each.key, top));
  if (another !== undefined) return null;
  if (key === undefined) return set(text, start, root, 1, top, value, json);
  if (parent === undefined || text[parent.value.from] !== "{") {
    return value === undefined ? text : set(text, start, root, 1, top, { [key]: value });
  }
  const all = propertiesAt(text, parent.value.from);
  if (all.filter((each) => each.key === key).length > 1) return null;
  return set(text, parent.value.from, all, 2, key, value, json);
}

function set(
  text: string,
  open: number,
  all: readonly Property[],
  depth: number,
  key: string,
  value: unknown,
  json?: string,
): string {
  const at = all.findIndex((each) => each.key === key || (depth === 1 && isSameName(each.key, key)));
  const [before, found, after] = [all[at - 1], all[at], all[at + 1]];
  const layout = detectLayout(text);
  if (value === undefined) {
    if (found === undefined) return text;
    if (before !== undefined) return replace(text, { from: before.to, to: found.to }, "");
    if (after !== undefined) return replace(text, { from: found.from, to: after.from }, "");
    return replace(text, insideOf(text, open, found), "");
  }
  if (found !== undefined) return replace(text, found.value, json ?? write(value, layout, depth));
  const property = `${JSON.stringify(key)}:${layout === null ? "" : " "}${write(value, layout, depth)}`;
  const line = layout === null ? "" : layout.eol + layout.indent.repeat(depth);
  const last = all.at(-1);
  if (last !== undefined) {
    // An object on one line stays on one line.
    const isOneLine = layout !== null && !/\n/.test(text.slice(open, all[0]?.from));
    return replace(text, { from: last.to, to: last.to }, `,${isOneLine ? " " : line}${property}`);
  }
  const end = layout === null ? "" : layout.eol + layout.indent.repeat(depth - 1);
  return replace(text, insideOf(text, open), line + property + end);
}

/** The range between the braces of an object that is empty, or will be. */
function insideOf(text: string, open: number, { to } = { to: open + 1 }): Span {
  return { from: open + 1, to: text.indexOf("}", to) };
}

function replace(text: string, { from, to }: Span, by: string): string {
  return text.slice(0, from) + by + text.slice(to);
}

interface Layout {
  readonly indent: string;
  readonly eol: string;
}

/** The text's own indentation and line ends; null for a text of one line, which stays on one line. */
function detectLayout(text: string): Layout | null {
  const trimmed = text.trim();
  if (!trimmed.includes("\n") && trimmed !== "{}") return null;
  return { indent: /\n([ \t]+)\S/.exec(text)?.[1] ?? "\t", eol: text.includes("\r\n") ? "\r\n" : "\n" };
}

function write(value: unknown, layout: Layout | null, depth: number): string {
  if (layout === null) return JSON.stringify(value);
  return JSON.stringify(value, null, layout.indent).replaceAll("\n", layout.eol + layout.indent.repeat(depth));
}

/** The properties of the object that starts here. Without a tree or recursion, because files can be large or deep. */
export function propertiesAt(text: string, open: number): Property[] {
  const scanner = createScanner(text, true);
  scanner.setPosition(open + 1);
  /** The first character of the next token. */
  const scan = (): string | undefined => {
    scanner.scan();
    return text[scanner.getTokenOffset()];
  };
  const properties: Property[] = [];
  for (let sign = scan(); sign === '"'; ) {
    const key = scanner.getTokenValue();
    const from = scanner.getTokenOffset();
    // The colon.
    scan();
    let depth = 0;
    let value = -1;
    do {
      sign = scan();
      if (value === -1) value = scanner.getTokenOffset();
      if (sign === "{" || sign === "[") depth++;
      if (sign === "}" || sign === "]") depth--;
    } while (depth > 0);
    const to = scanner.getPosition();
    properties.push({ key, from, to, value: { from: value, to } });
    sign = scan();
    if (sign === ",") sign = scan();
  }
  return properties;
}
