import type { Options } from "../../discovery/options.ts";
import type { Discovery, Skipped } from "../../discovery/request.ts";
import type { Registration } from "../../store/state.ts";
import type { Attempt } from "./attempt.ts";

/** What becomes of the logins that earlier runs saved, and that this one does not replace. */
export interface Decision {
  /** They stay in use. */
  readonly retained: readonly Registration[];
  /** They stay known; their credential was in memory, and is lost. */
  readonly lost: readonly Registration[];
  /** They are removed, and the report says so. */
  readonly removed: readonly Registration[];
  /** The sets that are skipped, without those whose saved login stays in use: it needs no secrets here. */
  readonly skipped: readonly Skipped[];
  /** Whether the failure of a host's new login may be saved: not where a saved one stays in use. */
  readonly mayFail: (host: string | null) => boolean;
}

/**
 * Decides about saved logins; the rules are in docs/user/commands.md, "Which logins stay".
 * @param isRevoked whether this run removes a login for lack of secrets; see {@link isRemovedBy}
 * @param isLost whether the credential of a login was lost with a restart
 */
export function decide(
  registrations: readonly Registration[],
  { requests, rejected, skipped }: Pick<Discovery, "requests" | "rejected" | "skipped">,
  attempts: readonly Attempt[],
  { isRevoked, isLost }: Record<"isRevoked" | "isLost", (login: Registration) => boolean>,
): Decision {
  const hosts = new Set(requests.map(({ registry }) => registry.host));
  const wrong = new Set(rejected.map(({ host }) => host));
  const kept = new Set(attempts.map((each) => each.kept?.host));
  const others = registrations.filter(({ host }) => !hosts.has(host));
  const staying = others.filter((login) => !isRevoked(login) && !wrong.has(login.host));
  const retained = staying.filter((login) => !isLost(login));
  const isLoggedIn = ({ identifier, host }: Registration): boolean =>
    attempts.some(
      ({ request, credential }) =>
        credential !== null && request.identifier === identifier && request.registry.host === host,
    );
  return {
    retained,
    lost: staying.filter(isLost),
    removed: registrations.filter((login) => isRevoked(login) && !isLoggedIn(login)),
    skipped: skipped.filter(
      (each) => !(each.isUnset && retained.some(({ identifier }) => identifier === each.identifier)),
    ),
    // A set that is wrong does not take the place of a login that works.
    mayFail: (host) =>
      !kept.has(host ?? undefined) &&
      !others.some((login) => login.host === host && login.failure === undefined && !isLost(login)),
  };
}

/**
 * Since when starts of the container lack the secrets of a login that stays. A set that is complete is there, also one that
 * does not work, or that a different set for its host comes before.
 * @param startedAt when this start was, in epoch seconds; null for a run that is none, which says nothing
 */
export function absenceOf(
  { identifier, absentSince }: Registration,
  { requests, skipped }: Discovery,
  startedAt: number | null,
): number | null {
  if (startedAt === null) return absentSince ?? null;
  const complete = [...requests, ...skipped.filter(({ missing }) => missing.length === 0)];
  return complete.some((each) => each.identifier === identifier) ? null : (absentSince ?? startedAt);
}

/**
 * Does this run remove a login for which it has no secrets? Absence alone removes nothing: hooks and shells often have only
 * a part of the secrets, or lack CODESPACES=true. The secrets file of a codespace is the list of what the codespace may
 * have; and whether a GITHUB_TOKEN is used, which is saved nowhere, is said by the options.
 */
export function isRemovedBy(
  { identifier, host, source }: Registration,
  { githubToken, npm }: Options,
  { codespacesIdentifiers }: Discovery,
): boolean {
  if (source === "codespaces") return codespacesIdentifiers !== null && !codespacesIdentifiers.has(identifier);
  if (source !== "github-token") return false;
  return githubToken === "never" || !(npm || host === "ghcr.io");
}
