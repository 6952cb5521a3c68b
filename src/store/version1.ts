import * as z from "zod/mini";
import { isNpmEntry, type JournalEntry, type Part } from "./journal.ts";

/** How version 1.0.0 remembered its values: by key in the row of a login, and not by file; or as `pending`, one that it was about to write or had removed. */
const version1Values = z.object({
  auths: z.optional(z.record(z.string(), z.string())),
  npmrc: z.optional(z.object({ file: z.string(), line: z.string() })),
  host: z.string(),
  goneAt: z.optional(z.number()),
});

/** By which keys the journal knew parts of docker's file before it had a field for them. */
const PARTS: Readonly<Record<string, Part>> = { auths: "auths", credsStore: "credsStore", blank: "file" };

/** A row of the journal, whose part of docker's file may be named by its key; a file that was blank was empty. */
export function withPart(row: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const key = String(row.key);
  const part = Object.hasOwn(PARTS, key) ? PARTS[key] : undefined;
  if (part === undefined) return row;
  return { ...row, key: "", part, ...(part === "file" ? { text: "" } : {}) };
}

/** More than any run of that version left: in a damaged file, each of many keys may be in each of many files. */
const MAX_VERSION1_ENTRIES = 500;

/**
 * The journal of what that version wrote.
 * @param rows of its logins, and of what it was about to write
 * @param configs the docker config files that it wrote to
 */
export function entriesOfVersion1(rows: readonly unknown[], configs: readonly string[]): JournalEntry[] {
  const older: JournalEntry[] = [];
  for (const row of rows) {
    const parsed = version1Values.safeParse(row);
    if (!parsed.success) continue;
    const { auths = {}, npmrc, host, goneAt } = parsed.data;
    const since = goneAt ?? null;
    const line = npmrc && { file: npmrc.file, key: `//${host}/:_authToken`, sha256: npmrc.line, since };
    const logins = Object.entries(auths);
    if (older.length + logins.length * configs.length > MAX_VERSION1_ENTRIES) return older;
    for (const [key, sha256] of logins) older.push(...configs.map((file) => ({ file, key, sha256, since })));
    if (line !== undefined && isNpmEntry(line)) older.push(line);
  }
  return older;
}
