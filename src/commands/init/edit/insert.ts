import { type Bracketed, commentsBetween, type Span } from "../../../platform/jsonc-objects.ts";
import { hasLineBreak, indentOfItems, indentOfLine, type Layout, writeValue } from "./layout.ts";

/** A text that is put in at an offset. */
export interface Insertion {
  readonly at: number;
  readonly text: string;
  /** So many characters after it are left out: the brackets of an empty array, and nothing else. */
  readonly skip?: number;
}

/** What is put into an object (with a key) or into an array (without). */
export interface Entry {
  readonly key: string | null;
  readonly value: unknown;
}

/** Puts all of them in. Two at one offset stay in their order. */
export function applyInsertions(text: string, insertions: readonly Insertion[]): string {
  const sorted = insertions.map((each, order) => ({ ...each, order })).sort((a, b) => a.at - b.at || a.order - b.order);
  let [result, done] = ["", 0];
  for (const { at, text: added, skip = 0 } of sorted) {
    result += text.slice(done, at) + added;
    done = at + skip;
  }
  return result + text.slice(done);
}

/**
 * How the colon of the first entry says what the object was before, so that it can be restored to the byte
 * (docs/decisions/017-devcontainer-edits.md): it was empty on one line, or empty over several.
 */
export const COLON = { usual: ": ", wasEmpty: ":", wasEmptyLines: " : " } as const;

/**
 * Puts entries after the last item of an object or array, and changes nothing else: comments stay on their lines, and the
 * comma of the item that was last comes before them. In an object on one line they go onto that line, except that an empty one opens.
 */
export function insertEntries(
  text: string,
  target: Bracketed<Span>,
  entries: readonly Entry[],
  settings: Layout,
): Insertion[] {
  const last = target.items.at(-1);
  const layout = { ...settings, unit: unitAt(indentOfItems(text, target) ?? "", settings.unit) };
  if (last === undefined) return openEmpty(text, target, entries, layout);
  const close = target.to - 1;
  if (!hasLineBreak(text, target.from, target.to)) {
    const added = entries.map((entry) => ` ${writeEntry(entry, COLON.usual, "", layout, true)}`).join(",");
    const end = endOfLine(text, (target.trailingComma ?? last.to - 1) + 1, close);
    if (target.trailingComma !== null) return [{ at: end, text: `${added},` }];
    return [
      { at: last.to, text: "," },
      { at: end, text: added },
    ];
  }
  const indent = indentOfItems(text, target) ?? indentOfLine(text, target.from) + layout.unit;
  const lines = entries.map((entry) => layout.eol + indent + writeEntry(entry, COLON.usual, indent, layout, false));
  const { trailingComma } = target;
  if (trailingComma !== null) {
    return [{ at: endOfLine(text, trailingComma + 1, close), text: `${lines.join(",")},` }];
  }
  return [
    { at: last.to, text: "," },
    { at: endOfLine(text, last.to, close), text: lines.join(",") },
  ];
}

/** One step of indentation at a place that is indented by tabs where the text has spaces, or the other way round. */
function unitAt(indent: string, unit: string): string {
  if (indent === "" || indent.includes("\t") === unit.includes("\t")) return unit;
  return indent.includes("\t") ? "\t" : "  ";
}

function openEmpty(text: string, target: Bracketed<Span>, entries: readonly Entry[], layout: Layout): Insertion[] {
  const close = target.to - 1;
  const comment = commentsBetween(text, target.from + 1, close).at(-1);
  const at = comment?.to ?? target.from + 1;
  if (layout.isOneLine) {
    const added = entries.map((entry, index) =>
      writeEntry(entry, index > 0 ? COLON.usual : COLON.wasEmpty, "", layout, true),
    );
    return [{ at, text: added.join(", ") }];
  }
  const isOpen = hasLineBreak(text, at, close);
  const closing = indentOfLine(text, target.from);
  const indent = closing + layout.unit;
  const lines = entries.map((entry, index) => {
    const colon = index > 0 ? COLON.usual : isOpen ? COLON.wasEmptyLines : COLON.wasEmpty;
    return layout.eol + indent + writeEntry(entry, colon, indent, layout, false);
  });
  return [{ at, text: lines.join(",") + (isOpen ? "" : layout.eol + closing) }];
}

function writeEntry({ key, value }: Entry, colon: string, indent: string, layout: Layout, isInline: boolean): string {
  return (key === null ? "" : JSON.stringify(key) + colon) + writeValue(value, indent, layout, isInline);
}

/** The end of the line, with the comments that start on it; or before the bracket, if that is on the line, too. */
function endOfLine(text: string, from: number, close: number): number {
  let end = from;
  for (const comment of commentsBetween(text, from, close)) {
    if (hasLineBreak(text, end, comment.from)) break;
    end = comment.to;
  }
  return end;
}
