import { createScanner } from "jsonc-parser";

/** A range of a text: the offset of its first character, and the offset after its last. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** A property of an object, from its key to the end of its value. */
export interface Property extends Span {
  /** Decoded. */
  readonly key: string;
  readonly value: Span;
}

/** An object or array of a text, from its opening to its closing bracket. */
export interface Bracketed<Item> extends Span {
  readonly items: readonly Item[];
  /** The offset of the comma after the last item; null where there is none. */
  readonly trailingComma: number | null;
}

/**
 * The properties of the object that starts here. Without a tree or recursion, because files can be large or deep.
 * @param text valid JSON, with comments and trailing commas or without
 * @param open the offset of its opening brace
 */
export function objectAt(text: string, open: number): Bracketed<Property> {
  return itemsAt(text, open, ({ scanner, scan }) => {
    const key = scanner.getTokenValue();
    const from = scanner.getTokenOffset();
    // The colon.
    scan();
    scan();
    const value = endOfValue(text, scanner);
    return { key, from, to: value.to, value };
  });
}

/** The items of the array that starts here; see {@link objectAt}. */
export function arrayAt(text: string, open: number): Bracketed<Span> {
  return itemsAt(text, open, ({ scanner }) => endOfValue(text, scanner));
}

/** The comments between two offsets, neither of which is in a string or a comment. */
export function commentsBetween(text: string, from: number, to: number): Span[] {
  const scanner = createScanner(text, false);
  scanner.setPosition(from);
  const comments: Span[] = [];
  for (;;) {
    scanner.scan();
    const start = scanner.getTokenOffset();
    if (start >= to || scanner.getTokenLength() === 0) return comments;
    if (text[start] === "/") comments.push({ from: start, to: scanner.getPosition() });
  }
}

/** The offset of the comma that follows an offset, after white space and comments; null where something else does. */
export function commaAfter(text: string, from: number): number | null {
  const scanner = createScanner(text, true);
  scanner.setPosition(from);
  scanner.scan();
  const offset = scanner.getTokenOffset();
  return text[offset] === "," ? offset : null;
}

type Scanner = ReturnType<typeof createScanner>;

interface Reader {
  readonly scanner: Scanner;
  /** Goes on to the next token. @returns its first character; empty at the end */
  readonly scan: () => string;
}

function itemsAt<Item extends Span>(text: string, open: number, read: (reader: Reader) => Item): Bracketed<Item> {
  const scanner = createScanner(text, true);
  scanner.setPosition(open + 1);
  const scan = (): string => {
    scanner.scan();
    return text[scanner.getTokenOffset()] ?? "";
  };
  const items: Item[] = [];
  let trailingComma: number | null = null;
  for (let sign = scan(); sign !== "}" && sign !== "]" && sign !== ""; ) {
    items.push(read({ scanner, scan }));
    sign = scan();
    trailingComma = null;
    if (sign === ",") {
      trailingComma = scanner.getTokenOffset();
      sign = scan();
    }
  }
  return { from: open, to: scanner.getPosition(), items, trailingComma };
}

/** The range of the value whose first token was scanned. */
function endOfValue(text: string, scanner: Scanner): Span {
  const from = scanner.getTokenOffset();
  for (let depth = 0; ; scanner.scan()) {
    const sign = text[scanner.getTokenOffset()] ?? "";
    if (sign === "{" || sign === "[") depth++;
    if (sign === "}" || sign === "]") depth--;
    if (depth === 0 || sign === "") return { from, to: scanner.getPosition() };
  }
}
