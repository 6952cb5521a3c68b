import { isDeepStrictEqual } from "node:util";
import type { Context } from "../context.ts";
import { type Lease, withLease, withoutOldLeases } from "../store/leases.ts";
import { type Registration, vaultOf } from "../store/state.ts";
import type { SavedLogin, Store } from "../store/store.ts";
import type { ClientsWorld } from "./clients-world.ts";
import { entryOf, isWritten, type NewLogin, registrationOf } from "./record.ts";
import { type ClientsReport, updateClients } from "./update-clients.ts";

/** The logins that a run leaves behind. */
export interface Logins {
  readonly added: readonly NewLogin[];
  /** Whether a login of an earlier run, of a host that is not among the others, stays as it is. */
  readonly isRetained: (registration: Registration) => boolean;
  /** Since when starts of the container lack the secrets of a retained login, in epoch seconds; null where they do not. */
  readonly absentSince: (registration: Registration) => number | null;
  /** Failed logins, of which only the cause is saved, for the helper to report. */
  readonly failed: readonly Registration[];
  /** Hosts for which clients use a login of somebody else; that one is not changed. */
  readonly foreignHosts: ReadonlySet<string>;
  /** Whether logins that persons made are replaced. */
  readonly replaces: boolean;
  /** What the registry said to newer secrets of a retained login; null where it did not reject any. */
  readonly rejectedFor: (registration: Registration) => NonNullable<Registration["rejected"]> | null;
  /** The run that needs these logins until it ends; null for logins that stay. */
  readonly lease: LeaseOfRun | null;
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
    const { added, foreignHosts = new Set(), replaces = false } = logins;
    const leased = leaser(store, logins.lease);
    const fresh = added.map((login) => ({ login, registration: leased(registrationOf(login)) }));
    const failed = logins.failed.map(leased);
    const taken = new Set([...fresh.map(({ registration }) => registration.host), ...failed.map(({ host }) => host)]);
    const now = world.now() / 1000;
    const retained = store.registrations
      .filter((each) => !taken.has(each.host) && logins.isRetained(each))
      .map((each) => withAbsence(withoutOldLeases(each, now), logins.absentSince(each)))
      .map((each) => withRejected(each, logins.rejectedFor(each)))
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
      updateClients: (recordWrites) =>
        updateClients(world, store, { fresh, retained, registrations, foreignHosts, replaces }, recordWrites),
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

function withRejected(registration: Registration, rejected: Registration["rejected"] | null): Registration {
  return rejected == null ? registration : { ...registration, rejected };
}
