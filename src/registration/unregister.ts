import { HELPER } from "../clients/credential-helper.ts";
import { readLoginConfigOrEmpty } from "../clients/docker/config.ts";
import { editDockerConfig, PLACEHOLDER } from "../clients/docker/edit-config.ts";
import { editNpmrc } from "../clients/npm/npmrc.ts";
import type { Context } from "../context.ts";
import type { Explanation } from "../findings/finding.ts";
import { UserError } from "../findings/user-error.ts";
import { removeEmptyFolders } from "../platform/make-folder.ts";
import { editSharedFile } from "../platform/shared-file.ts";
import { parseRegistry } from "../registries/registry.ts";
import { entriesIn, isNpmEntry, type JournalEntry, type Part, storeOfEntry } from "../store/journal.ts";
import type { Registration } from "../store/state.ts";
import type { SavedLogin, Store } from "../store/store.ts";
import { belongsTo, dockerFiles, isEntryOf } from "./artifacts.ts";
import type { ClientsWorld } from "./clients-world.ts";
import { type Erased, eraseFromStores } from "./credential-store.ts";
import { storeNamedIn } from "./other-folders.ts";

/** How long a login of another process may use the credential stores. */
const STORES_WAIT_MS = 30_000;

/** What a logout is about, as the store is when nobody else changes it. */
export interface Departure {
  /** Everything of these hosts is removed. */
  readonly hosts: readonly string[];
  /** Everything of all hosts is removed, also what is unknown. */
  readonly all: boolean;
  /** The registrations that stay; without them, those of other hosts. */
  readonly staying?: readonly Registration[];
}

/** What a logout left. */
export interface Unregistered {
  readonly departure: Departure;
  /** Why something is left; null where nothing is. */
  readonly failure: Explanation | null;
  /** Entries of the journal whose store did not hold our login any more, so that nothing was removed there. */
  readonly notOurs: readonly JournalEntry[];
  /** Folders that went with the last login in them. */
  readonly removedFolders: readonly string[];
}

/**
 * Removes what was added for these hosts, or for all: from the clients' files, then the credentials, and last the rows of
 * the state file. What belongs to other hosts, or to other programs, stays to the byte. Files and folders that our logins
 * made, and in which nothing is left, are removed.
 * @param choose a pure function; called when the store is up to date
 */
export async function unregister(
  { env, stores, now }: Pick<ClientsWorld, "env" | "stores"> & Pick<Context, "now">,
  store: Store,
  choose: () => Departure,
): Promise<Unregistered> {
  let made: readonly string[] = [];
  let isEmpty = false;
  let departure = choose();
  let notOurs: readonly JournalEntry[] = [];
  const commit = async () =>
    await store.commit(() => {
      made = store.made;
      departure = choose();
      const { hosts, all } = departure;
      const isLeaving = (host: string): boolean => all || hosts.includes(host);
      const staying = departure.staying ?? store.registrations.filter(({ host }) => !isLeaving(host));
      const isStaying = ({ origin, entry }: SavedLogin): boolean =>
        origin === "discovered" ? !isLeaving(entry.host) : !(all || hosts.some((host) => belongsTo(entry.host, host)));
      const isLast = staying.length === 0 && !store.entries().some(isStaying);
      const leaving = store.journal.filter(
        (entry) => all || (isLast && entry.part !== undefined) || hosts.some((host) => isEntryOf(entry, host)),
      );
      return {
        save: [],
        registrations: staying,
        isObsolete: (saved) => !isStaying(saved),
        updateClients: async () => {
          // As docker does it: from the store first, and then from the file that lists what is in it.
          const inStores = leaving.filter((entry) => storeOfEntry(entry) !== null && entry.since === null);
          const erased = await eraseFromStores(inStores, stores);
          notOurs = [...erased.replaced, ...erased.absent];
          const parts = store.journal.filter(({ part }) => part !== undefined);
          const inFiles = [...new Set([...leaving, ...parts])];
          const isKept = keptPlaceholders(inStores, erased);
          const docker = dockerFiles(store, env).map(async (file) => {
            const former = entriesIn(inFiles, file).filter((entry) => !isKept(entry, storeNamedIn(file)));
            return { file, restored: await removeFromDockerConfig(file, all ? null : hosts, former, made) };
          });
          const edits = await Promise.allSettled([...docker, removeFromNpmrc(leaving.filter(isNpmEntry), made)]);
          const failure = failureOf(edits) ?? erased.failure;
          // What could not be removed now is for the next logout.
          if (failure !== null) {
            const { registrations, configFiles, journal } = store;
            return { result: failure, registrations, configFiles, journal };
          }
          // Those without a login were recorded by a run that was killed: what it stores too late is removed by the next run.
          const registered = new Set(store.registrations.flatMap(({ host }) => parseRegistry(host).keys));
          const late = [...erased.absent].filter(({ key }) => !registered.has(key));
          const restored = await Promise.all(docker);
          const isRestored = ({ file, part }: JournalEntry): boolean =>
            part !== undefined && restored.some((each) => each.file === file && each.restored.has(part));
          const journal = store.journal.flatMap((entry) => {
            if (late.includes(entry)) return { ...entry, since: Math.floor(now() / 1000) };
            return leaving.includes(entry) || isRestored(entry) ? [] : entry;
          });
          isEmpty = all || (isLast && journal.length === 0);
          return { result: null, configFiles: store.configFiles, journal, isEmpty };
        },
      };
    });
  const { result, removedFolders } = store.usesCredentialStores
    ? await store.withCredentialStores(commit, STORES_WAIT_MS)
    : await commit();
  removeEmptyFolders(isEmpty ? [...made, store.folder] : made);
  return { departure, failure: result, notOurs, removedFolders };
}

function failureOf(edits: readonly PromiseSettledResult<unknown>[]): Explanation | null {
  const failed = edits.find((edit) => edit.status === "rejected");
  if (failed === undefined) return null;
  if (!(failed.reason instanceof UserError)) throw failed.reason;
  const { code, message, hint } = failed.reason;
  return { code, message, hint };
}

/**
 * Which placeholders of a file stay: of what is left in its store, or is a login of somebody else there now.
 * @returns whether a placeholder in a file that names a store stays
 */
function keptPlaceholders(
  inStores: readonly JournalEntry[],
  { left, replaced }: Erased,
): (entry: JournalEntry, named: string | null) => boolean {
  const keys = new Set([...left, ...replaced].map(({ key }) => key));
  const gone = inStores.filter((entry) => !left.has(entry) && !replaced.has(entry));
  return ({ key, sha256, part }, named) =>
    part === undefined &&
    sha256 === PLACEHOLDER &&
    keys.has(key) &&
    !gone.some((entry) => entry.key === key && storeOfEntry(entry) === named);
}

/**
 * @param hosts null: every line that names our helper, also one of a host that nothing is known of
 * @returns the parts of the file that are as they were before our logins
 */
async function removeFromDockerConfig(
  file: string,
  hosts: readonly string[] | null,
  former: readonly JournalEntry[],
  made: readonly string[],
): Promise<ReadonlySet<Part>> {
  const helpers = readLoginConfigOrEmpty(file).credHelpers;
  const gone = new Set(hosts?.flatMap((host) => parseRegistry(host).keys));
  const staying = Object.keys(helpers).filter((key) => hosts !== null && helpers[key] === HELPER && !gone.has(key));
  const wanted = {
    adds: false,
    helperKeys: new Set(staying),
    helperAuths: new Map(),
    overridesAuths: true,
    lastResortKeys: new Set<string>(),
    auths: new Map(),
    former,
  };
  const { edit } = await editSharedFile(file, (before) => editDockerConfig(file, before, wanted), { made });
  return edit.restored;
}

async function removeFromNpmrc(leaving: readonly JournalEntry[], made: readonly string[]): Promise<void> {
  for (const file of new Set(leaving.map((each) => each.file))) {
    const former = new Set(leaving.filter((each) => each.file === file).map(({ sha256 }) => sha256));
    await editSharedFile(file, (before) => editNpmrc(before, { values: new Map(), former }), { made });
  }
}
