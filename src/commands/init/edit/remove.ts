import {
  type Bracketed,
  commaAfter,
  commentsBetween,
  type Property,
  type Span,
} from "../../../platform/jsonc-objects.ts";
import { COLON } from "./insert.ts";
import { indentOfLine, startOfGap } from "./layout.ts";

/** Removes these ranges of a text, which do not overlap. */
export function cutOut(text: string, spans: readonly Span[]): string {
  const sorted = [...spans].sort((a, b) => a.from - b.from);
  let [result, done] = ["", 0];
  for (const { from, to } of sorted) {
    result += text.slice(done, Math.max(from, done));
    done = Math.max(done, to);
  }
  return result + text.slice(done);
}

/** What an object is without its entries that are ours. */
export type Rest =
  | { readonly spans: readonly Span[]; readonly isEmptied: false }
  /** Nothing else is in it; and it was made by us, or was empty before. */
  | { readonly spans: readonly Span[]; readonly isEmptied: true; readonly wasThere: boolean };

/**
 * The ranges that are removed to take entries out of an object or array: the inverse of `insertEntries`.
 * @param isOurs which items are taken out
 */
export function removeEntries<Item extends Span>(
  text: string,
  target: Bracketed<Item>,
  isOurs: (item: Item) => boolean,
): Rest {
  const { items, trailingComma } = target;
  const isAlone = items.every(isOurs) && items.length > 0;
  if (isAlone) return emptied(text, target);
  const spans: Span[] = [];
  const lastOfOthers = items.findLastIndex((item) => !isOurs(item));
  for (const [index, item] of items.entries()) {
    if (!isOurs(item)) continue;
    const next = items[index + 1];
    const comma = next === undefined ? trailingComma : commaAfter(text, item.to);
    // At the end, the comma before it was added with it.
    const takesComma = comma !== null && (index < lastOfOthers || trailingComma !== null);
    spans.push({ from: startOfGap(text, item.from), to: takesComma ? comma + 1 : item.to });
    if (!takesComma && comma !== null) spans.push({ from: comma, to: comma + 1 });
  }
  const before = items[lastOfOthers];
  if (before !== undefined && lastOfOthers < items.length - 1 && trailingComma === null) {
    const comma = commaAfter(text, before.to);
    if (comma !== null) spans.push({ from: comma, to: comma + 1 });
  }
  return { spans, isEmptied: false };
}

function emptied(text: string, target: Bracketed<Span>): Rest {
  const [first] = target.items;
  const last = target.items.at(-1);
  if (first === undefined || last === undefined) return { spans: [], isEmptied: false };
  const close = target.to - 1;
  const from = startOfGap(text, first.from);
  const end = (target.trailingComma ?? last.to - 1) + 1;
  const colon = "value" in first ? colonOf(text, first as Property) : COLON.usual;
  if (colon === COLON.wasEmpty) {
    // The line break and the indentation of the bracket were added, too.
    const added = /^(?:\r\n|\n|\r)[ \t]*/.exec(text.slice(end, close))?.[0] ?? "";
    const indent = indentOfLine(text, target.from).length;
    const breaks = added.replace(/[ \t]+$/, "").length;
    return { spans: [{ from, to: end + Math.min(added.length, breaks + indent) }], isEmptied: true, wasThere: true };
  }
  const wasThere = colon === COLON.wasEmptyLines || commentsBetween(text, target.from + 1, close).length > 0;
  return { spans: [{ from, to: end }], isEmptied: true, wasThere };
}

function colonOf(text: string, { from, value, key }: Property): string {
  return text.slice(from + JSON.stringify(key).length, value.from);
}
