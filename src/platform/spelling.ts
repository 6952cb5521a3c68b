import { closest, distance } from "fastest-levenshtein";

/**
 * The known name that a misspelled one stands for: one letter is wrong, missing or too many, in names of six letters and
 * more two of them, or two neighbors are swapped. Null where no name is that close; shorter names have too many others
 * around them (--foo is not --root).
 */
export function correctSpelling(written: string, known: readonly string[]): string | null {
  const swapped = known.find((name) => isSwapped(written, name));
  if (swapped !== undefined || known.length === 0) return swapped ?? null;
  const name = closest(written, [...known]);
  const letters = name.replace(/^-+/, "").length;
  return distance(written, name) <= (letters < 6 ? 1 : 2) ? name : null;
}

/** Are these two names the same, except that two letters next to each other are swapped? */
export function isSwapped(a: string, b: string): boolean {
  if (a.length !== b.length || distance(a, b) !== 2) return false;
  const at = [...a].findIndex((letter, i) => letter !== b[i]);
  return a[at] === b[at + 1] && a[at + 1] === b[at];
}
