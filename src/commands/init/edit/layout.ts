import type { Bracketed, Span } from "../../../platform/jsonc-objects.ts";

/** The layout of a text: its line ends, and one step of indentation. */
export interface Layout {
  readonly eol: string;
  readonly unit: string;
  /** Whether all of it is on one line, and stays there. */
  readonly isOneLine: boolean;
}

const LINE_BREAK = /[\r\n]/;

/** Does this range have a line break? */
export function hasLineBreak(text: string, from: number, to: number): boolean {
  return LINE_BREAK.test(text.slice(from, to));
}

/** The text's own line ends and indentation; two spaces where nothing is indented. */
export function layoutOf(text: string, root: Bracketed<Span>): Layout {
  const crlf = text.split("\r\n").length - 1;
  const lf = text.split("\n").length - 1 - crlf;
  const eol = crlf > lf ? "\r\n" : lf === 0 && text.includes("\r") ? "\r" : "\n";
  const unit = indentOfItems(text, root) || (/^[ \t]+(?=\S)/m.exec(text)?.[0] ?? "");
  return {
    eol,
    unit: unit === "" ? "  " : unit,
    isOneLine: !hasLineBreak(text, root.from, root.to) && root.items.length > 0,
  };
}

/** The indentation that most of the items have that start a line; the first of these where two are as frequent. */
export function indentOfItems(text: string, { items }: Bracketed<Span>): string | null {
  const counts = new Map<string, number>();
  for (const { from } of items) {
    const indent = text.slice(lineStart(text, from), from);
    if (/^[ \t]*$/.test(indent)) counts.set(indent, (counts.get(indent) ?? 0) + 1);
  }
  let best: string | null = null;
  for (const [indent, count] of counts) if (best === null || count > (counts.get(best) ?? 0)) best = indent;
  return best;
}

/** The white space at the start of the line of an offset. */
export function indentOfLine(text: string, offset: number): string {
  return /^[ \t]*/.exec(text.slice(lineStart(text, offset), offset))?.[0] ?? "";
}

function lineStart(text: string, offset: number): number {
  let start = offset;
  while (start > 0 && !LINE_BREAK.test(text[start - 1] ?? "")) start--;
  // The mark that some editors put in front of a text is not part of the line.
  return text[start] === "\uFEFF" ? start + 1 : start;
}

/** The offset from which spaces and one line break, if there is one, lead to this offset. */
export function startOfGap(text: string, offset: number): number {
  let start = offset;
  while (text[start - 1] === " " || text[start - 1] === "\t") start--;
  if (text[start - 1] === "\n") return text[start - 2] === "\r" ? start - 2 : start - 1;
  return text[start - 1] === "\r" ? start - 1 : start;
}

/** JSON as people write it in devcontainer.json: an object of texts on one line if it is short, each property on a line otherwise. */
export function writeValue(value: unknown, indent: string, layout: Layout, isInline: boolean): string {
  const { eol, unit } = layout;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const isArray = Array.isArray(value);
  const [open, close] = isArray ? "[]" : "{}";
  const entries = Object.entries(value).map(
    ([key, item]) => [isArray ? "" : `${JSON.stringify(key)}: `, item] as const,
  );
  if (entries.length === 0) return `${open}${close}`;
  const pad = isArray ? "" : " ";
  const line = `${open}${pad}${entries.map(([key, item]) => key + writeValue(item, "", layout, true)).join(", ")}${pad}${close}`;
  const isFlat = entries.every(
    ([, item]) => typeof item !== "object" || item === null || Object.keys(item).length === 0,
  );
  if (isInline || (isFlat && (line.length <= MAX_LINE || entries.length === 1) && !isOfObjects(value))) return line;
  const inner = indent + unit;
  const lines = entries.map(([key, item]) => inner + key + writeValue(item, inner, layout, false));
  return [`${open}`, lines.join(`,${eol}`), `${indent}${close}`].join(eol);
}

const MAX_LINE = 80;

function isOfObjects(value: object): boolean {
  return Object.values(value).some((item) => typeof item === "object" && item !== null);
}
