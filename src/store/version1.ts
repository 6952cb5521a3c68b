import * as z from "zod/mini";
import { isNpmEntry, type JournalEntry } from "./journal.ts";

/** How version 1.0.0 remembered its values: by key in the row of a login, and not by file; or as `pending`, one that it was about to write or had removed. */
const version1Values = z.object({
  auths: z.optional(z.record(z.string(), z.string())),
  npmrc: z.optional(z.object({ file: z.string(), line: z.string() })),
  host: z.string(),
  goneAt: z.optional(z.number()),
});

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
