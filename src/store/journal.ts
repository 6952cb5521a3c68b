import * as z from "zod/mini";
import { sha256 } from "../platform/crypto.ts";
import { parseJson } from "../platform/json.ts";

/** What of docker's config file a run may add besides logins: the object of the whole file, and three properties of it. */
const part = z.enum(["file", "auths", "credHelpers", "credsStore"]);

export type Part = z.infer<typeof part>;

/** A damaged text would make a file of others something that docker cannot read. */
const originalText = z.string().check(z.refine((text) => isBlank(text) || parseJson(text) !== undefined));

/**
 * A value of ours in another program's file: the `auth` of a login in docker's config.json, or a line of .npmrc. It is
 * written down before the file is, so that the value is recognized as ours whatever happens to the run; a person's own
 * value under the same key has another fingerprint.
 */
export const journalEntry = z.object({
  /** Absolute path; or `store:NAME` for a credential store of the machine, see {@link placeOfStore}. */
  file: z.string(),
  /** The key in `auths`, or the setting in .npmrc (which starts with `//`); empty for a part of docker's file. */
  key: z.string(),
  sha256: z.string(),
  /** Since when the value is obsolete, in epoch seconds; null while it is in use. */
  since: z.nullable(z.number()),
  part: z.optional(part),
  /** The text in docker's file that the value replaced, and that a logout restores: one that can hold no secret. */
  text: z.catch(z.optional(originalText), undefined),
});

export type JournalEntry = z.infer<typeof journalEntry>;

/** What an edit writes into a file, as the journal knows it. */
export type Written = Pick<JournalEntry, "key" | "sha256" | "part" | "text">;

/** Is this a text without any value, as of a file that a crash has left empty? */
export function isBlank(text: string): boolean {
  return /^\uFEFF?[\t\n\r ]*$/.test(text);
}

/**
 * The first entry with these fields; those that are left out may be anything, except that a part of docker's file has to be
 * named.
 */
export function findEntry(journal: readonly JournalEntry[], sought: Partial<JournalEntry>): JournalEntry | undefined {
  const fields = Object.entries({ part: undefined, ...sought });
  return journal.find((entry) => fields.every(([name, value]) => entry[name as keyof JournalEntry] === value));
}

/** Does the journal hold an entry with these fields? See {@link findEntry}. */
export function holds(journal: readonly JournalEntry[], sought: Partial<JournalEntry>): boolean {
  return findEntry(journal, sought) !== undefined;
}

/** docker writes its file as it read it, and so may bring back a value that was removed in between; longer than any `docker login` takes. */
const RETURN_SECONDS = 60;

/** The fingerprint by which the journal knows a value. */
export function fingerprint(value: string): string {
  return sha256(value);
}

/** Is this the entry of a line in .npmrc? */
export function isNpmEntry({ key }: Pick<JournalEntry, "key">): boolean {
  return key.startsWith("//");
}

const STORE = "store:";

/** Stands for a credential store where an entry names a file. */
export function placeOfStore(name: string): string {
  return STORE + name;
}

/** The credential store that an entry is in; null where it is in a file. */
export function storeOfEntry({ file }: Pick<JournalEntry, "file">): string | null {
  return file.startsWith(STORE) ? file.slice(STORE.length) : null;
}

/** The entries of one file. */
export function entriesIn(journal: readonly JournalEntry[], file: string): JournalEntry[] {
  return journal.filter((entry) => entry.file === file);
}

/** Adds entries that are about to be written; one that was obsolete is in use again. */
export function record(journal: readonly JournalEntry[], entries: readonly JournalEntry[]): JournalEntry[] {
  return [...journal.filter((each) => !entries.some((entry) => isSame(entry, each))), ...entries];
}

/**
 * The journal after a file was edited: entries that are not in use any more become obsolete, and are dropped a minute
 * later.
 * @param isInUse of the entries of edited files
 * @param nowSeconds epoch seconds
 */
export function retire(
  journal: readonly JournalEntry[],
  isInUse: (entry: JournalEntry) => boolean,
  nowSeconds: number,
): JournalEntry[] {
  return journal.flatMap((entry) => {
    if (isInUse(entry)) return { ...entry, since: null };
    const since = entry.since ?? Math.floor(nowSeconds);
    return nowSeconds - since < RETURN_SECONDS ? { ...entry, since } : [];
  });
}

function isSame(a: JournalEntry, b: JournalEntry): boolean {
  return a.file === b.file && a.key === b.key && a.sha256 === b.sha256 && a.part === b.part;
}
