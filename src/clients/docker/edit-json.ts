import { createScanner } from "jsonc-parser";

/** Where something stands in a text: from the offset of its first character to that behind its last. */
interface Span {
  readonly from: number;
  readonly to: number;
}

interface Property extends Span {
  readonly key: string;
  readonly value: Span;
}

/**
 * Sets or removes one property of a JSON text; every byte of the others stays. What is new gets a line of its own in a
 * text that has lines, indented as the others. (jsonc-parser's own edits lay the neighbours out anew, or put all on one
 * line; and they need seconds for a large text, and more stack than there is for a deep one.)
 * @param text JSON that parses, an object
 * @param path one key, or two; where the first is missing or null, it is made
 * @param value undefined: remove
 * @returns null where a key of the path stands there twice, of which programs may take either
 */
export function setInJson(
  text: string,
  [top, key]: readonly [string] | readonly [string, string],
  value: unknown,
): string | null {
  const start = text.indexOf("{");
  const root = propertiesAt(text, start);
  const [parent, another] = root.filter((each) => each.key === top);
  if (another !== undefined) return null;
  if (key === undefined) return set(text, start, root, 1, top, value);
  if (parent === undefined || text[parent.value.from] !== "{") {
    return value === undefined ? text : set(text, start, root, 1, top, { [key]: value });
  }
  const all = propertiesAt(text, parent.value.from);
  if (all.filter((each) => each.key === key).length > 1) return null;
  return set(text, parent.value.from, all, 2, key, value);
}

function set(text: string, open: number, all: readonly Property[], depth: number, key: string, value: unknown): string {
  const at = all.findIndex((each) => each.key === key);
  const [before, found, after] = [all[at - 1], all[at], all[at + 1]];
  const layout = detectLayout(text);
  if (value === undefined) {
    if (found === undefined) return text;
    if (before !== undefined) return replace(text, { from: before.to, to: found.to }, "");
    if (after !== undefined) return replace(text, { from: found.from, to: after.from }, "");
    return replace(text, insideOf(text, open, found), "");
  }
  if (found !== undefined) return replace(text, found.value, write(value, layout, depth));
  const property = `${JSON.stringify(key)}:${layout === null ? "" : " "}${write(value, layout, depth)}`;
  const line = layout === null ? "" : layout.eol + layout.indent.repeat(depth);
  const last = all.at(-1);
  if (last !== undefined) {
    // An object that its writer put on one line stays there.
    const isOneLine = layout !== null && !/\n/.test(text.slice(open, all[0]?.from));
    return replace(text, { from: last.to, to: last.to }, `,${isOneLine ? " " : line}${property}`);
  }
  const end = layout === null ? "" : layout.eol + layout.indent.repeat(depth - 1);
  return replace(text, insideOf(text, open), line + property + end);
}

/** All between the braces of an object that is empty, or will be. */
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

/** The text's own indentation and line ends; null for a text of one line, which stays one. */
function detectLayout(text: string): Layout | null {
  const trimmed = text.trim();
  if (!trimmed.includes("\n") && trimmed !== "{}") return null;
  return { indent: /\n([ \t]+)\S/.exec(text)?.[1] ?? "\t", eol: text.includes("\r\n") ? "\r\n" : "\n" };
}

function write(value: unknown, layout: Layout | null, depth: number): string {
  if (layout === null) return JSON.stringify(value);
  return JSON.stringify(value, null, layout.indent).replaceAll("\n", layout.eol + layout.indent.repeat(depth));
}

/** The properties of the object that begins here. No tree and no recursion: files can be large or deep. */
function propertiesAt(text: string, open: number): Property[] {
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
