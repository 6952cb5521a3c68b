import { dockerConfigFile, PLACEHOLDER } from "../clients/docker/edit-config.ts";
import { findDefaultStore } from "../clients/native/destination.ts";
import { npmrcFile, npmTokenKey } from "../clients/npm/npmrc.ts";
import type { Context } from "../context.ts";
import { UserError } from "../findings/user-error.ts";
import { revisionOfFile } from "../platform/own-file.ts";
import { parseRegistry } from "../registries/registry.ts";
import { holds, isNpmEntry, type JournalEntry, placeOfStore, record, retire, storeOfEntry } from "../store/journal.ts";
import type { Registration } from "../store/state.ts";
import type { RecordWrites, Store, Updated } from "../store/store.ts";
import type { ClientsWorld } from "./clients-world.ts";
import { eraseFromStores, restoreShared } from "./credential-store.ts";
import { type DockerLogins, type DockerReport, registerDocker } from "./docker.ts";
import { type NpmReport, registerNpm } from "./npm.ts";
import { isListedElsewhere } from "./other-folders.ts";
import {
  authOf,
  type FileValue,
  fileValue,
  type NewLogin,
  npmValue,
  placeholder,
  plaintextValues,
  storeValue,
} from "./record.ts";

/** What the clients' files said; an error where one of those that are read now could not be edited. */
export type ClientsReport = { readonly docker: DockerReport; readonly npm: NpmReport } | UserError;

/** What a run leaves in the clients' files. */
export interface Wanted {
  readonly fresh: readonly { readonly login: NewLogin; readonly registration: Registration }[];
  readonly retained: readonly Registration[];
  readonly registrations: readonly Registration[];
  /** Hosts for which clients use a login of somebody else. */
  readonly foreignHosts: ReadonlySet<string>;
  /** Whether logins that persons made are replaced. */
  readonly replaces: boolean;
}

/**
 * Edits the clients' files, and removes from credential stores what is obsolete.
 * @param recordWrites called before a file is written
 */
export async function updateClients(
  world: ClientsWorld & Pick<Context, "now">,
  store: Store,
  wanted: Wanted,
  recordWrites: RecordWrites,
): Promise<Updated<ClientsReport>> {
  const { fresh, retained, registrations, foreignHosts, replaces } = wanted;
  const file = dockerConfigFile(world.env);
  const revisionBefore = revisionOfFile(file);
  const loginsIn = (storage: Registration["storage"]): NewLogin[] =>
    fresh.flatMap(({ login, registration }) => (registration.storage === storage ? login : []));
  const inStores = loginsIn("store");
  const settings = loginsIn("npmrc").map((login) => npmValue(login, world.env));
  const logins = { registered: registrations, retained, foreignHosts, replaces };
  // One that cannot be edited does not stop the other.
  const [docker, npm] = await Promise.allSettled([
    registerDocker(world, store, { ...logins, ...dockerValues(wanted, world) }, recordWrites),
    registerNpm(world, store, settings, retained, recordWrites),
  ]);
  const problem = [docker, npm].flatMap((each) => (each.status === "rejected" ? [each.reason as unknown] : []))[0];
  if (problem !== undefined && !(problem instanceof UserError)) throw problem;

  const stays = new Set(retained.flatMap(({ host }) => [...parseRegistry(host).keys, npmTokenKey(host)]));
  const keys = new Set(registrations.flatMap(({ host }) => parseRegistry(host).keys));
  const isElsewhere = (entry: JournalEntry): boolean =>
    keys.has(entry.key) && !isOverwritten(entry, inStores) && isListedElsewhere(entry, store, file);
  const obsolete = store.journal.filter(
    (entry) =>
      storeOfEntry(entry) !== null &&
      !stays.has(entry.key) &&
      !isCurrentInStore(entry, inStores) &&
      !isElsewhere(entry),
  );
  // Also those that a run recorded which was killed, and whose store may have finished since.
  const erasing = obsolete.filter((entry) => !isOverwritten(entry, inStores));
  const { left } = await eraseFromStores(erasing, world.stores);
  await restoreShared(inStores, new Set(erasing.map(({ key }) => key)), world.stores);
  const configFiles = docker.status === "rejected" ? store.configFiles : docker.value.configFiles;
  const settled = new Set(obsolete.filter((entry) => !left.has(entry) && isSettled(entry, store)));
  const isInUse = (entry: JournalEntry): boolean => {
    if (stays.has(entry.key)) return entry.since === null;
    if (storeOfEntry(entry) !== null) return !obsolete.includes(entry) || left.has(entry);
    if (isNpmEntry(entry)) {
      if (npm.status === "rejected") return entry.since === null;
      const isWanted = settings.some(({ key, sha256 }) => key === entry.key && sha256 === entry.sha256);
      return isWanted && entry.file === npmrcFile(world.env) && !npm.value.foreignLines.has(entry.sha256);
    }
    // The files that could not be edited are for the next run.
    const edited = docker.status === "rejected" ? undefined : docker.value.edited.get(entry.file);
    if (edited === undefined) return entry.since === null;
    if (entry.part !== undefined) {
      return entry.since === null && !edited.restored.has(entry.part) && configFiles.includes(entry.file);
    }
    if (edited.ofStore.includes(entry)) return true;
    return edited.present.some(({ key, sha256 }) => key === entry.key && sha256 === entry.sha256);
  };
  const found = docker.status === "rejected" ? [] : presentIn(docker.value);
  const present = found.filter(({ file, key, sha256 }) => !holds(store.journal, { file, key, sha256 }));
  // A placeholder looks the same, whoever wrote it: from now on it is theirs.
  const foreignKeys = new Set([...foreignHosts].flatMap((host) => parseRegistry(host).keys));
  const isForeign = ({ key, sha256, part }: JournalEntry): boolean =>
    part === undefined && sha256 === PLACEHOLDER && foreignKeys.has(key);
  const known = record(store.journal, present).filter((entry) => !isForeign(entry) && !settled.has(entry));
  const journal = retire(known, isInUse, world.now() / 1000);
  const result =
    docker.status === "fulfilled" && npm.status === "fulfilled"
      ? { docker: docker.value, npm: npm.value }
      : (problem as UserError);
  const revision = revisionOfFile(file);
  const withRevision = registrations.map((each) => withCurrentRevision(each, revisionBefore, revision));
  return { result, registrations: withRevision, configFiles, journal };
}

/** A login that was there in the same words counts as ours: an earlier run may have written it whose state file is lost. */
function presentIn({ edited }: DockerReport): JournalEntry[] {
  return [...edited].flatMap(([file, { present }]) =>
    // A placeholder does not tell who made it: only one that a run wrote is in the journal.
    present.flatMap(({ key, value, sha256 }) => (value === "" ? [] : { file, key, sha256, since: null })),
  );
}

/** Our own edit does not make it necessary to ask a store again; one of somebody else's since the store was asked does. */
function withCurrentRevision(login: Registration, before: string | undefined, now: string | undefined): Registration {
  if (login.storage !== "store" || login.configRevision !== before || now === undefined) return login;
  return { ...login, configRevision: now };
}

/** What docker's and podman's files shall hold of the new logins. */
function dockerValues(
  { fresh }: Wanted,
  world: ClientsWorld,
): Pick<DockerLogins, "values" | "credsStore" | "unstoredValues" | "podmanValues"> {
  const loginsIn = (wanted: Registration["storage"]): NewLogin[] =>
    fresh.flatMap(({ login, registration: { storage } }) => (storage === wanted ? login : []));
  const plaintextOf = ({ request, credential, placement }: NewLogin): FileValue[] =>
    plaintextValues(request.registry, credential, placement);
  const plaintext = loginsIn("plaintext").flatMap(plaintextOf);
  const inStores = loginsIn("store");
  return {
    values: [...plaintext, ...inStores.map(({ request }) => placeholder(request.registry))],
    credsStore: chosenStore(fresh, world) ?? undefined,
    unstoredValues: [...plaintext, ...inStores.flatMap(plaintextOf)],
    podmanValues: [
      ...plaintext,
      ...inStores.map(({ request, credential }) => fileValue(request.registry.host, authOf(credential))),
    ],
  };
}

/** The store that docker would choose, if it has to be written down: docker looks for none where its file has a login. */
function chosenStore(fresh: Wanted["fresh"], { env, platform, isHost }: ClientsWorld): string | null {
  const placements = fresh.map(({ login }) => login.placement);
  const used = placements.find(({ store }) => store?.isDefault === true)?.store?.name;
  const isHelpers = isHost && placements.some(({ storage }) => storage === "memory" || storage === "disk");
  return used ?? (isHelpers ? findDefaultStore(env, platform) : null);
}

function isCurrentInStore(entry: JournalEntry, logins: readonly NewLogin[]): boolean {
  return logins.some(
    ({ request, credential, placement }) =>
      request.registry.keys.includes(entry.key) &&
      entry.file === placeOfStore(placement.store?.name ?? "") &&
      storeValue(entry.key, credential).sha256 === entry.sha256,
  );
}

/**
 * Is this the one login that a finished run has stored? Nothing brings it back by itself, as docker may in its file: if it is
 * there once more, a person has stored it. What a run that was killed has recorded, its store may still be about to store.
 */
function isSettled({ file, key, sha256, since }: JournalEntry, { journal, registrations }: Store): boolean {
  const isRegistered = registrations.some(
    ({ host, store = "" }) => placeOfStore(store) === file && parseRegistry(host).keys.includes(key),
  );
  const others = journal.filter((entry) => entry.file === file && entry.key === key && entry.sha256 !== sha256);
  return since === null && isRegistered && others.every((entry) => entry.since === null) && others.length <= 1;
}

/** Does the store hold a new login under the key of this entry? */
function isOverwritten({ file, key }: JournalEntry, logins: readonly NewLogin[]): boolean {
  return logins.some(
    ({ request, placement }) =>
      file === placeOfStore(placement.store?.name ?? "") && request.registry.keys.includes(key),
  );
}
