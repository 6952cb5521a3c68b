import { parseJson } from "../../platform/json.ts";
import { fingerprint, isBlank, type JournalEntry, type Part, type Written } from "../../store/journal.ts";
import type { Config } from "./config.ts";
import { type JsonPath, textInJson } from "./edit-json.ts";

/** docker's file before an edit. */
export interface Before {
  readonly config: Config;
  /** A JSON object; the file may have been blank. */
  readonly text: string;
}

/** Longer ones are not worth their room in the journal: what we remove leaves the usual text then. */
const MAX_ORIGINAL_LENGTH = 4096;

/** Fields of an entry in `auths` that identify a login, and cannot be used for one. */
const OPEN_FIELDS: ReadonlySet<string> = new Set(["email", "serveraddress"]);

/** What the journal says of a part of docker's file that a run adds. @param original undefined where it was not there */
export function writtenPart(part: Part, value: string, original: string | undefined): Written {
  return { key: "", part, sha256: fingerprint(value), ...(isShort(original) ? { text: original } : {}) };
}

/** The same of an object that the first entry is about to be written into; nothing for one that has entries. */
export function writtenObject({ config, text }: Before, part: "auths" | "credHelpers"): Written[] {
  const isNew = Object.keys(config[part] ?? {}).length === 0;
  return isNew ? [writtenPart(part, "", textInJson(text, [part]))] : [];
}

/** The text of a property of docker's file that is replaced, if it cannot hold a secret; undefined where there is none. */
export function openTextIn({ text }: Before, path: JsonPath): string | undefined {
  const original = textInJson(text, path);
  return isShort(original) && isOpen(original) ? original : undefined;
}

/** What is restored where a value of ours is removed; undefined where there was nothing. A damaged journal restores nothing else. */
export function originalOf(entry: JournalEntry | undefined): string | undefined {
  const { part, text } = entry ?? {};
  if (text === undefined) return undefined;
  const isPlausible =
    part === "file"
      ? isBlank(text) || isEmptyObject(text)
      : part === "credsStore"
        ? parseJson(text) === "" || parseJson(text) === null
        : part === undefined
          ? isOpen(text)
          : isEmptyObject(text) || parseJson(text) === null;
  return isPlausible ? text : undefined;
}

/** Is this the text of an object without properties? */
export function isEmptyObject(text: string): boolean {
  return /^[\t\n\r ]*\{[\t\n\r ]*\}[\t\n\r ]*$/.test(text);
}

function isShort(text: string | undefined): text is string {
  return text !== undefined && text.length <= MAX_ORIGINAL_LENGTH;
}

function isOpen(text: string): boolean {
  const value = parseJson(text);
  return typeof value === "object" && Object.keys(value ?? {}).every((name) => OPEN_FIELDS.has(name));
}
