import { isDeepStrictEqual } from "node:util";
import { AUTHS, CREDS_STORE, dockerConfigFile } from "../clients/docker/edit-config.ts";
import { findDefaultStore } from "../clients/native/destination.ts";
import { npmrcFile, npmTokenKey } from "../clients/npm/npmrc.ts";
import type { Context } from "../context.ts";
import { UserError } from "../findings/user-error.ts";
import { revisionOfFile } from "../platform/own-file.ts";
import { parseRegistry } from "../registries/registry.ts";
import { isNpmEntry, type JournalEntry, placeOfStore, record, retire, storeOfEntry } from "../store/journal.ts";
import { type Lease, withLease, withoutOldLeases } from "../store/leases.ts";
import { type Registration, vaultOf } from "../store/state-file.ts";
import type { RecordWrites, SavedLogin, Store, Updated } from "../store/store.ts";
import { eraseFromStores } from "./credential-store.ts";
import { type ClientsWorld, type DockerReport, registerDocker } from "./docker.ts";
import { type NpmReport, registerNpm } from "./npm.ts";
import {
  authOf,
  entryOf,
  type FileValue,
  fileValue,
  isWritten,
  type NewLogin,
  npmValue,
  placeholder,
  plaintextValues,
  registrationOf,
  storeValue,
} from "./record.ts";

/** What the clients' files said; an error where one of those that are read now could not be edited. */
export type ClientsReport = { readonly docker: DockerReport; readonly npm: NpmReport } | UserError;

/** The logins that a run leaves behind. */
export interface Logins {
  readonly added: readonly NewLogin[];
  /** Whether a login of an earlier run, of a host that is not among the others, stays as it is. */
  readonly isRetained: (registration: Registration) => boolean;
  /** Since when starts of the container lack the secrets of a retained login, in epoch seconds; null where they do not. */
  readonly absentSince: (registration: Registration) => number | null;
  /** Failed logins, of which only the cause is saved, for the helper to report. */
  readonly failed: readonly Registration[];
  /** The run that needs these logins until it ends; null for logins that stay. */
  readonly lease?: LeaseOfRun | null;
}

/** The lease of a run. */
export interface LeaseOfRun extends Lease {
  /** Hosts of the run at which a saved login stays in use, so that the run needs that one. */
  readonly keptHosts: ReadonlySet<string>;
}

/** Did an earlier run save exactly this credential for the request, and has a registry accepted it? */
export function savedState(
  store: Store,
  login: Pick<NewLogin, "request" | "credential" | "placement">,
  env: Context["env"],
): "verified" | "unverified" | "none" {
  const wanted = registrationOf({ ...login, verified: false, verifiedAt: null });
  const { identifier, host } = wanted;
  // Where its secrets were read from does not make it a different credential.
  const found = store.registrations.find(
    (each) =>
      each.failure === undefined &&
      each.identifier === identifier &&
      each.host === host &&
      each.storage === wanted.storage &&
      each.store === wanted.store,
  );
  if (found === undefined || !isWritten(login, store.journal, env)) return "none";
  if (vaultOf(wanted) !== null && !isDeepStrictEqual(store.credentialOf(wanted)?.entry, entryOf(login))) return "none";
  return found.verified ? "verified" : "unverified";
}

/**
 * Leaves exactly these logins behind: saves their credentials, edits the clients' files, and removes what is obsolete. What
 * persons stored with `docker login` stays.
 * @param waitMs how long to wait for another process that does the same
 * @returns what the clients' files said
 * @throws UserError when the store cannot be written
 */
export async function register(
  world: ClientsWorld & Pick<Context, "now">,
  store: Store,
  logins: Logins,
  waitMs?: number,
): Promise<ClientsReport> {
  const { result } = await store.commit(() => {
    const { added } = logins;
    const leased = leaser(store, logins.lease ?? null);
    const fresh = added.map((login) => ({ login, registration: leased(registrationOf(login)) }));
    const failed = logins.failed.map(leased);
    const taken = new Set([...fresh.map(({ registration }) => registration.host), ...failed.map(({ host }) => host)]);
    const now = world.now() / 1000;
    const retained = store.registrations
      .filter((each) => !taken.has(each.host) && logins.isRetained(each))
      .map((each) => withAbsence(withoutOldLeases(each, now), logins.absentSince(each)))
      .map((each) => (logins.lease?.keptHosts.has(each.host) === true ? leased(each) : each));
    const registrations = [...fresh.map(({ registration }) => registration), ...retained, ...failed];
    const isObsolete = ({ origin, entry, storage }: SavedLogin): boolean =>
      origin === "discovered" && !registrations.some((each) => each.host === entry.host && vaultOf(each) === storage);
    return {
      save: fresh.flatMap(({ login, registration }) => {
        const vault = vaultOf(registration);
        return vault === null ? [] : { origin: "discovered" as const, storage: vault, entry: entryOf(login) };
      }),
      registrations,
      isObsolete,
      updateClients: (recordWrites) => updateClients(world, store, { fresh, retained, registrations }, recordWrites),
    };
  }, waitMs);
  return result;
}

/** Gives a login the lease of the run, next to the leases that it had before. */
function leaser({ registrations }: Store, lease: LeaseOfRun | null): (login: Registration) => Registration {
  const before = new Map(registrations.map((each) => [each.host, each]));
  const own = lease === null ? null : { id: lease.id, at: lease.at };
  return (login) => withLease(login, before.get(login.host), own);
}

function withAbsence(registration: Registration, absentSince: number | null): Registration {
  const { absentSince: _, ...rest } = registration;
  return absentSince === null ? rest : { ...rest, absentSince };
}

interface Wanted {
  readonly fresh: readonly { readonly login: NewLogin; readonly registration: Registration }[];
  readonly retained: readonly Registration[];
  readonly registrations: readonly Registration[];
}

async function updateClients(
  world: ClientsWorld & Pick<Context, "now">,
  store: Store,
  { fresh, retained, registrations }: Wanted,
  recordWrites: RecordWrites,
): Promise<Updated<ClientsReport>> {
  const loginsIn = (storage: Registration["storage"]): NewLogin[] =>
    fresh.flatMap(({ login, registration }) => (registration.storage === storage ? login : []));
  const plaintext = loginsIn("plaintext").flatMap(({ request, credential, placement }) =>
    plaintextValues(request.registry, credential, placement),
  );
  const inStores = loginsIn("store");
  const values = [
    ...plaintext,
    ...inStores.map(({ request }) => placeholder(request.registry)),
    ...objectsOf(fresh, world),
  ];
  const podmanValues = [
    ...plaintext,
    ...inStores.map(({ request, credential }) => fileValue(request.registry.host, authOf(credential))),
  ];
  const settings = loginsIn("npmrc").map((login) => npmValue(login, world.env));
  // One that cannot be edited does not stop the other.
  const [docker, npm] = await Promise.allSettled([
    registerDocker(world, store, { registered: registrations, retained, values, podmanValues }, recordWrites),
    registerNpm(world, store, settings, retained, recordWrites),
  ]);
  const problem = [docker, npm].flatMap((each) => (each.status === "rejected" ? [each.reason as unknown] : []))[0];
  if (problem !== undefined && !(problem instanceof UserError)) throw problem;

  const stays = new Set(retained.flatMap(({ host }) => [...parseRegistry(host).keys, npmTokenKey(host)]));
  const obsolete = store.journal.filter(
    (entry) => storeOfEntry(entry) !== null && !stays.has(entry.key) && !isCurrentInStore(entry, inStores),
  );
  const { left } = await eraseFromStores(
    obsolete.filter((entry) => entry.since === null && !isOverwritten(entry, inStores)),
    world.stores,
  );
  const isInUse = (entry: JournalEntry): boolean => {
    if (stays.has(entry.key)) return entry.since === null;
    if (entry.key === AUTHS || entry.key === CREDS_STORE) {
      return (
        entry.since === null && registrations.some(({ storage }) => storage === "store" || storage === "plaintext")
      );
    }
    if (storeOfEntry(entry) !== null) return !obsolete.includes(entry) || left.has(entry);
    if (isNpmEntry(entry)) {
      if (npm.status === "rejected") return entry.since === null;
      const isWanted = settings.some(({ key, sha256 }) => key === entry.key && sha256 === entry.sha256);
      return isWanted && entry.file === npmrcFile(world.env) && !npm.value.foreignLines.has(entry.sha256);
    }
    // The files that could not be edited are for the next run.
    const present = docker.status === "rejected" ? undefined : docker.value.edited.get(entry.file);
    if (present === undefined) return entry.since === null;
    return present.some(({ key, sha256 }) => key === entry.key && sha256 === entry.sha256);
  };
  // A login that was there in the same words counts as ours: an earlier run may have written it whose state file is lost.
  const present =
    docker.status === "rejected"
      ? []
      : [...docker.value.edited].flatMap(([file, held]) =>
          // A placeholder does not tell who made it: only one that a run wrote is in the journal.
          held.flatMap(({ key, value, sha256 }) => (value === "" ? [] : { file, key, sha256, since: null })),
        );
  const journal = retire(record(store.journal, present), isInUse, world.now() / 1000);
  const configFiles = docker.status === "rejected" ? store.configFiles : docker.value.configFiles;
  // By which the next run sees that it need not ask a store.
  const usesStores = registrations.some(({ storage }) => storage === "store");
  const configRevision = usesStores ? revisionOfFile(dockerConfigFile(world.env)) : undefined;
  const result =
    docker.status === "fulfilled" && npm.status === "fulfilled"
      ? { docker: docker.value, npm: npm.value }
      : (problem as UserError);
  return { result, configFiles, journal, configRevision };
}

/** What a file with native logins holds besides them: the object of the logins, and the store that docker would choose. */
function objectsOf(fresh: Wanted["fresh"], { env, platform, isHost }: ClientsWorld): FileValue[] {
  const placements = fresh.map(({ login }) => login.placement);
  const isDefault = placements.some(({ store }) => store?.isDefault === true);
  const isHelpers = isHost === true && placements.some(({ storage }) => storage === "memory" || storage === "disk");
  const chosen = isDefault || isHelpers ? findDefaultStore(env, platform) : null;
  return [
    ...(placements.some(({ isNative }) => isNative === true) ? [fileValue(AUTHS, "")] : []),
    ...(chosen === null ? [] : [fileValue(CREDS_STORE, chosen)]),
  ];
}

function isCurrentInStore(entry: JournalEntry, logins: readonly NewLogin[]): boolean {
  return logins.some(
    ({ credential, placement }) =>
      entry.file === placeOfStore(placement.store?.name ?? "") &&
      storeValue(entry.key, credential).sha256 === entry.sha256,
  );
}

/** Does the store hold a new login under the key of this entry? */
function isOverwritten({ file, key }: JournalEntry, logins: readonly NewLogin[]): boolean {
  return logins.some(
    ({ request, placement }) =>
      file === placeOfStore(placement.store?.name ?? "") && request.registry.keys.includes(key),
  );
}
