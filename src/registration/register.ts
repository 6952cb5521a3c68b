import { isDeepStrictEqual } from "node:util";
import { npmrcFile, npmTokenKey } from "../clients/npm/npmrc.ts";
import type { Context } from "../context.ts";
import type { Storage } from "../discovery/options.ts";
import { UserError } from "../findings/user-error.ts";
import { parseRegistry } from "../registries/registry.ts";
import { isNpmEntry, type JournalEntry, record, retire } from "../store/journal.ts";
import { type Lease, withLease, withoutOldLeases } from "../store/leases.ts";
import { type Registration, vaultOf } from "../store/state-file.ts";
import type { RecordWrites, SavedLogin, Store, Updated } from "../store/store.ts";
import { type ClientsWorld, type DockerReport, registerDocker } from "./docker.ts";
import { type NpmReport, registerNpm } from "./npm.ts";
import { entryOf, isWritten, type NewLogin, npmValue, plaintextValue, registrationOf } from "./record.ts";

/** What the clients' files said; an error where one of those that are read now could not be edited. */
export type ClientsReport = { readonly docker: DockerReport; readonly npm: NpmReport } | UserError;

/** The logins that a run leaves behind. */
export interface Logins {
  readonly storage: Storage;
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
  storage: Storage,
  login: Pick<NewLogin, "request" | "credential">,
  env: Context["env"],
): "verified" | "unverified" | "none" {
  const wanted = registrationOf({ ...login, verified: false, verifiedAt: null }, storage);
  const { identifier, host } = wanted;
  // Where its secrets were read from does not make it a different credential.
  const found = store.registrations.find(
    (each) =>
      each.failure === undefined &&
      each.identifier === identifier &&
      each.host === host &&
      each.storage === wanted.storage,
  );
  if (found === undefined || !isWritten(login, wanted.storage, store.journal, env)) return "none";
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
    const { storage, added } = logins;
    const leased = leaser(store, logins.lease ?? null);
    const fresh = added.map((login) => ({ login, registration: leased(registrationOf(login, storage)) }));
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
  const plaintext = loginsIn("plaintext").map(({ request, credential }) =>
    plaintextValue(request.registry, credential),
  );
  const settings = loginsIn("npmrc").map((login) => npmValue(login, world.env));
  // One that cannot be edited does not stop the other.
  const [docker, npm] = await Promise.allSettled([
    registerDocker(world, store, { registered: registrations, retained, plaintext }, recordWrites),
    registerNpm(world, store, settings, retained, recordWrites),
  ]);
  const problem = [docker, npm].flatMap((each) => (each.status === "rejected" ? [each.reason as unknown] : []))[0];
  if (problem !== undefined && !(problem instanceof UserError)) throw problem;

  const stays = new Set(retained.flatMap(({ host }) => [...parseRegistry(host).keys, npmTokenKey(host)]));
  const isInUse = (entry: JournalEntry): boolean => {
    if (stays.has(entry.key)) return entry.since === null;
    if (isNpmEntry(entry)) {
      if (npm.status === "rejected") return entry.since === null;
      const isWanted = settings.some(({ key, sha256 }) => key === entry.key && sha256 === entry.sha256);
      return isWanted && entry.file === npmrcFile(world.env) && !npm.value.foreignLines.has(entry.sha256);
    }
    // The files that could not be edited are for the next run.
    const present = docker.status === "rejected" ? undefined : docker.value.edited.get(entry.file);
    if (present === undefined) return entry.since === null;
    return plaintext.some(({ key, sha256 }) => key === entry.key && sha256 === entry.sha256 && present.has(key));
  };
  // A login that was there in the same words counts as ours: an earlier run may have written it whose state file is lost.
  const present =
    docker.status === "rejected"
      ? []
      : [...docker.value.edited].flatMap(([file, keys]) =>
          plaintext.flatMap(({ key, sha256 }) => (keys.has(key) ? { file, key, sha256, since: null } : [])),
        );
  const journal = retire(record(store.journal, present), isInUse, world.now() / 1000);
  const configFiles = docker.status === "rejected" ? store.configFiles : docker.value.configFiles;
  const result =
    docker.status === "fulfilled" && npm.status === "fulfilled"
      ? { docker: docker.value, npm: npm.value }
      : (problem as UserError);
  return { result, configFiles, journal };
}
