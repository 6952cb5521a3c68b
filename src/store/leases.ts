import type { Registration } from "./state.ts";

/** After this time, a run that did not end its lease counts as killed. A job of GitHub's own runners has six hours. In seconds. */
const LEASE_SECONDS = 24 * 60 * 60;

/** A run that needs a login until it ends; see {@link Registration}. */
export type Lease = NonNullable<Registration["leases"]>[number];

/**
 * A login that a run made or uses, with the lease of the run. A login that was there without a lease is a person's: it gets
 * none, so that no run removes it.
 * @param before what was saved for the host
 * @param lease null for a run without one, as of a person: then the login is not removed by runs any more
 */
export function withLease(login: Registration, before: Registration | undefined, lease: Lease | null): Registration {
  const isOfPerson =
    before !== undefined &&
    before.failure === undefined &&
    before.leases === undefined &&
    // A different secret of a job must not stay on the machine.
    (before.secrets === undefined || before.secrets === login.secrets);
  if (lease === null || isOfPerson) return login;
  const others = (before?.leases ?? []).filter(({ id }) => id !== lease.id);
  return { ...login, leases: [...runningLeases(others, lease.at), lease] };
}

/**
 * A saved login without the leases of runs that were killed.
 * @param now epoch seconds
 */
export function withoutOldLeases(login: Registration, now: number): Registration {
  return login.leases === undefined ? login : { ...login, leases: runningLeases(login.leases, now) };
}

/**
 * Does a run that has not ended need this login?
 * @param now epoch seconds
 */
export function isLeased({ leases = [] }: Registration, now: number): boolean {
  return runningLeases(leases, now).length > 0;
}

/**
 * What the end of a run leaves: the logins of persons, and those that other runs need.
 * @param id of the lease that ends
 * @param now epoch seconds
 * @param isKept whether a host stays in any case
 */
export function endLease(
  logins: readonly Registration[],
  id: string,
  now: number,
  isKept: (host: string) => boolean,
): Registration[] {
  return logins.flatMap((login) => {
    if (login.leases === undefined) return login;
    const leases = runningLeases(login.leases, now).filter((each) => each.id !== id);
    return leases.length === 0 && !isKept(login.host) ? [] : { ...login, leases };
  });
}

function runningLeases(leases: readonly Lease[], now: number): Lease[] {
  return leases.filter(({ at }) => now - at < LEASE_SECONDS);
}
