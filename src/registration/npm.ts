import { hasNpmScope } from "../clients/npm/lookup.ts";
import { editNpmrc, npmrcFile, npmTokenKey } from "../clients/npm/npmrc.ts";
import { cleanUpAround, editSharedFile } from "../platform/shared-file.ts";
import { isNpmEntry, type JournalEntry } from "../store/journal.ts";
import type { Registration } from "../store/state.ts";
import type { RecordWrites, Store } from "../store/store.ts";
import type { ClientsWorld } from "./clients-world.ts";
import type { FileValue, NpmValue } from "./record.ts";

/** What .npmrc said. */
export interface NpmReport {
  /** Settings to which somebody else gave another value. */
  readonly otherSettings: ReadonlySet<string>;
  /** Fingerprints of lines that hold what ours would, and that somebody else wrote. */
  readonly foreignLines: ReadonlySet<string>;
  /** Settings that hold the token itself, in plain text. */
  readonly plainSettings: ReadonlySet<string>;
  /** Settings of hosts that npm uses for no scope. */
  readonly unusedSettings: ReadonlySet<string>;
}

/**
 * Brings .npmrc to what is registered, and removes our lines where an earlier run wrote them to another file.
 * @param values the settings that are wanted
 * @param retained logins whose lines stay as they are
 * @param recordWrites called before a file is written
 * @throws UserError when one of the files cannot be edited
 */
export async function registerNpm(
  { env, lockWait }: ClientsWorld,
  store: Store,
  values: readonly NpmValue[],
  retained: readonly Registration[],
  recordWrites: RecordWrites,
): Promise<NpmReport> {
  const current = npmrcFile(env);
  const former = npmEntries(store.journal, retained);
  const files = new Set([...(values.length === 0 ? [] : [current]), ...former.map(({ file }) => file)]);
  if (!files.has(current)) await cleanUpAround(current);
  const plain = values.filter(({ value }) => !value.startsWith("${")).map(({ key }) => key);
  let edited: Pick<NpmReport, "otherSettings" | "foreignLines"> = { otherSettings: new Set(), foreignLines: new Set() };
  for (const file of files) {
    const own = new Set(former.filter((each) => each.file === file).map(({ sha256 }) => sha256));
    const wanted = new Map(file === current ? values.map(({ key, value }) => [key, value]) : []);
    const { edit } = await editSharedFile(file, (before) => editNpmrc(before, { values: wanted, former: own }), {
      lockWait,
      beforeWrite: ({ written }, made) => recordWrites(entriesFor(file, values, written), null, made),
    });
    if (file === current) edited = edit;
  }
  const unused = values.filter(({ host }) => !hasNpmScope(env, host)).map(({ key }) => key);
  return { ...edited, plainSettings: new Set(plain), unusedSettings: new Set(unused) };
}

function entriesFor(file: string, values: readonly FileValue[], written: ReadonlySet<string>): JournalEntry[] {
  return values.flatMap(({ key, sha256 }) => (written.has(sha256) ? { file, key, sha256, since: null } : []));
}

/** The entries of lines in .npmrc, except those of logins that stay as they are. */
function npmEntries(journal: readonly JournalEntry[], retained: readonly Registration[]): JournalEntry[] {
  const stays = new Set(retained.flatMap(({ host, storage }) => (storage === "npmrc" ? npmTokenKey(host) : [])));
  return journal.filter((entry) => isNpmEntry(entry) && !stays.has(entry.key));
}
