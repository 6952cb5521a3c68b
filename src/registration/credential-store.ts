import { isUnreadable } from "../clients/native/fault.ts";
import type { StorePrograms } from "../clients/native/store-program.ts";
import type { Explanation } from "../findings/finding.ts";
import { type JournalEntry, storeOfEntry } from "../store/journal.ts";
import { type NewLogin, storeValue } from "./record.ts";

/** What became of entries that were to be removed from credential stores. */
export interface Erased {
  /** Entries that may still be there, since the store failed. */
  readonly left: ReadonlySet<JournalEntry>;
  /** Entries under whose key the store holds a login of somebody else now. */
  readonly replaced: ReadonlySet<JournalEntry>;
  /** Entries that the store does not have; one of a run that was killed may still be on its way there. */
  readonly absent: ReadonlySet<JournalEntry>;
  /** Why some are left; null where none are. */
  readonly failure: Explanation | null;
}

/**
 * Removes our logins from credential stores: those that hold what the journal says. A login that a person made since stays.
 * @param entries of the journal, each of a store
 */
export async function eraseFromStores(entries: readonly JournalEntry[], stores: StorePrograms): Promise<Erased> {
  const left = new Set<JournalEntry>();
  const replaced = new Set<JournalEntry>();
  const absent = new Set<JournalEntry>();
  let failure: Explanation | null = null;
  // A rotated login has several entries for one key.
  const byKey = new Map<string, JournalEntry[]>();
  for (const entry of entries) {
    const name = `${entry.file} ${entry.key}`;
    byKey.set(name, [...(byKey.get(name) ?? []), entry]);
  }
  await Promise.all(
    [...byKey.values()].map(async (same) => {
      const [{ key, file } = { key: "", file: "" }] = same;
      const program = stores(storeOfEntry({ file }) ?? "");
      const found = await program.get(key);
      if (found === null) {
        for (const entry of same) absent.add(entry);
        return;
      }
      const isFault = "code" in found;
      const sha256 = isFault ? "" : storeValue(key, found).sha256;
      if (!isFault && !same.some((entry) => entry.sha256 === sha256)) {
        for (const entry of same) replaced.add(entry);
        return;
      }
      // What nobody can read is nobody's login: it is what a killed store has left of ours.
      const fault = isFault && !isUnreadable(found) ? found : await program.erase(key);
      if (fault === null) return;
      failure = fault;
      for (const entry of same) left.add(entry);
    }),
  );
  return { left, replaced, absent, failure };
}

/**
 * Stores logins once more that went with those of an earlier store: Docker Desktop's programs keep theirs where those of the
 * system do (docker-credential-desktop and -osxkeychain, -desktop.exe and -wincred).
 * @param erased keys that were erased from other stores
 */
export async function restoreShared(
  logins: readonly NewLogin[],
  erased: ReadonlySet<string>,
  stores: StorePrograms,
): Promise<void> {
  await Promise.all(
    logins.flatMap(({ request: { registry }, credential, placement }) =>
      registry.keys.map(async (key) => {
        const program = erased.has(key) ? stores(placement.store?.name ?? "") : null;
        if (program !== null && (await program.get(key)) === null) await program.put(key, credential);
      }),
    ),
  );
}
