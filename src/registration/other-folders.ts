import { HELPER } from "../clients/credential-helper.ts";
import { readLoginConfigOrEmpty } from "../clients/docker/config.ts";
import { PLACEHOLDER } from "../clients/docker/edit-config.ts";
import { entriesIn, holds, type JournalEntry, placeOfStore, storeOfEntry } from "../store/journal.ts";
import type { Store } from "../store/store.ts";

/** The store that a docker config file names, and in which docker finds what the file lists; null for our own helper. */
export function storeNamedIn(file: string): string | null {
  const { credsStore } = readLoginConfigOrEmpty(file);
  return credsStore === HELPER ? null : credsStore;
}

/** Our placeholders in a file of a different DOCKER_CONFIG whose store holds our logins: docker finds them there. */
export function placeholdersOfStore(file: string, { journal }: Store, keys: ReadonlySet<string>): JournalEntry[] {
  const placeholders = entriesIn(journal, file).filter(
    ({ key, sha256, part }) => part === undefined && sha256 === PLACEHOLDER && keys.has(key),
  );
  const name = placeholders.length === 0 ? null : storeNamedIn(file);
  if (name === null) return [];
  return placeholders.filter(({ key }) => holds(journal, { file: placeOfStore(name), key, since: null }));
}

/** Does a file of a different DOCKER_CONFIG say that its store holds our login? The run for that folder renews it. */
export function isListedElsewhere(entry: JournalEntry, { journal, configFiles }: Store, current: string): boolean {
  const { key, since } = entry;
  return (
    since === null &&
    configFiles.some(
      (file) =>
        file !== current &&
        holds(journal, { file, key, sha256: PLACEHOLDER }) &&
        storeNamedIn(file) === storeOfEntry(entry),
    )
  );
}
