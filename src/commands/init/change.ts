import { isRecord } from "../../platform/jsonc.ts";
import { objectAt } from "../../platform/jsonc-objects.ts";
import { type Document, propertyOf } from "./document.ts";
import { type Entry, type Insertion, insertEntries } from "./edit/insert.ts";

/** A part of what is put into a devcontainer.json: a property of the root, or insertions elsewhere. */
export interface Change {
  readonly entry: Entry | null;
  readonly insertions: readonly Insertion[];
}

/** Nothing is put in. */
export const NO_CHANGE: Change = { entry: null, insertions: [] };

/** An entry of an object. */
export type KeyedEntry = Entry & { readonly key: string };

/** Adds entries to an object of the root, which is made where it is missing. */
export function addMissing(
  { root, value, layout }: Document,
  content: string,
  key: string,
  entries: readonly KeyedEntry[],
): Change & { readonly added: readonly KeyedEntry[] } {
  const property = propertyOf(root, key);
  const present = value[key];
  const added = entries.filter((entry) => !(isRecord(present) && Object.hasOwn(present, entry.key)));
  if (added.length === 0) return { ...NO_CHANGE, added };
  if (property === undefined) {
    return {
      entry: { key, value: Object.fromEntries(added.map((each) => [each.key, each.value])) },
      insertions: [],
      added,
    };
  }
  return {
    entry: null,
    insertions: insertEntries(content, objectAt(content, property.value.from), added, layout),
    added,
  };
}
