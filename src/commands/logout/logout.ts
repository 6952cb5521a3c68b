import { isDeepStrictEqual } from "node:util";
import { closest } from "fastest-levenshtein";
import type { OfflineContext, Result } from "../../context.ts";
import { readCodespacesSecrets } from "../../discovery/codespaces.ts";
import { discover } from "../../discovery/discover.ts";
import { parseOptions, readOptions } from "../../discovery/options.ts";
import type { Discovery } from "../../discovery/request.ts";
import { type Explanation, explain } from "../../findings/finding.ts";
import { UserError } from "../../findings/user-error.ts";
import { type Artifact, artifactsOf, storeArtifacts } from "../../registration/artifacts.ts";
import { type Departure, unregister } from "../../registration/unregister.ts";
import { parseRegistry } from "../../registries/registry.ts";
import { loginHosts, savedSecrets } from "../../store/known-logins.ts";
import { endLease } from "../../store/leases.ts";
import { openStore } from "../../store/open-store.ts";
import type { Store } from "../../store/store.ts";
import { storesOf } from "../clients-world.ts";
import { type LogoutReport, logoutJson, logoutText } from "./report.ts";
import { logRootOut } from "./root.ts";

export interface LogoutFlags {
  /** Texts of hosts, as a person writes them; see {@link parseRegistry}. */
  readonly hosts: readonly string[];
  readonly all: boolean;
  readonly json: boolean;
  /** Leave out hosts that are not logged in: root may lack some of a user's. */
  readonly ignoresUnknown?: boolean;
  /** The lease of a run that ends: only the logins are removed that no other run needs. The hosts are not read then. */
  readonly lease?: string | null;
}

/**
 * Removes what was added for these hosts, whoever added it: our logins, and those made with `docker login` through our
 * helper. Nothing is changed when one of the hosts is not logged in.
 * @returns exit code 0, also if there is nothing to do; 1 when something could not be removed; with `json`, 2 for hosts
 * that are not logged in
 * @throws UserError for hosts that are not logged in, or none at all, without `json`
 */
export async function logout(context: OfflineContext, flags: LogoutFlags): Promise<Result> {
  const { hosts, all, json, ignoresUnknown = false, lease = null } = flags;
  const store = openStore(context);
  if (lease !== null) return await logOutOfLease(context, store, lease, json);
  const known = loginHosts(store);
  // Before they are removed.
  context.secrets.add([...savedSecrets(store)]);
  const isUnreadable = known.length === 0 && store.problem !== null;
  const wanted = isUnreadable ? store.problem : all ? known : hostsOf(hosts, known, ignoresUnknown);
  if ("code" in wanted) {
    if (!json) throw new UserError(wanted);
    const { code, message, hint } = wanted;
    return {
      stdout: logoutJson({ hosts: [], folders: [], root: null, failure: { code, message, hint } }),
      exitCode: 2,
    };
  }
  // Before the record of it is removed. npm's login is not root's.
  const ofRoot = store.hasRootLogin && context.uid !== 0 ? wanted.filter((host) => !isNpm(host)) : [];
  const own = await logOut(context, store, () => ({ hosts: wanted, all }), discoverHere(context));
  const root = ofRoot.length === 0 ? null : { failure: await logRootOut(context, ofRoot) };
  const report: LogoutReport = { ...own, root };
  const stdout = json ? logoutJson(report) : logoutText(report, context.terminal);
  return { stdout, exitCode: report.failure === null && (root?.failure ?? null) === null ? 0 : 1 };
}

/** Nothing is said about what would log in again: the run whose lease it is has ended. */
async function logOutOfLease(context: OfflineContext, store: Store, id: string, json: boolean): Promise<Result> {
  context.secrets.add([...savedSecrets(store)]);
  const nothing = { requests: [], rejected: [], skipped: [], rivals: [], codespacesIdentifiers: null };
  const own = await logOut(context, store, () => departureOf(store, id, context.now() / 1000), nothing);
  const report: LogoutReport = { ...own, root: null };
  const stdout = json ? logoutJson(report) : logoutText(report, context.terminal);
  return { stdout, exitCode: report.failure === null ? 0 : 1 };
}

/**
 * What the end of a lease removes. A host for which a person stored a login of their own with `docker login` stays, since
 * both are served by the same entry.
 */
function departureOf(store: Store, id: string, now: number): Departure {
  const stored = store.entries().flatMap(({ origin, entry }) => (origin === "stored" ? entry.host : []));
  const staying = endLease(store.registrations, id, now, (host) => stored.includes(host));
  const hosts = store.registrations.flatMap(({ host }) => (staying.some((each) => each.host === host) ? [] : host));
  return { hosts, all: hosts.length > 0 && staying.length + stored.length === 0, staying };
}

/** What this environment would log in to; what is wrong with it does not concern a logout. */
function discoverHere(context: OfflineContext): Discovery {
  const codespaces = readCodespacesSecrets(context);
  try {
    return discover(context.env, parseOptions(readOptions(context), {}), codespaces);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return discover(context.env, { registries: new Map() }, codespaces);
  }
}

/** The hosts that a person named; none if nobody is logged in anywhere, or what is wrong with them. */
function hostsOf(texts: readonly string[], known: readonly string[], ignoresUnknown: boolean): string[] | Explanation {
  if (known.length === 0) return [];
  const all = known.join(", ");
  if (texts.length === 0) return explain("logout-what", { hosts: all });
  const hosts: string[] = [];
  for (const [index, text] of texts.entries()) {
    const host = parseHost(text);
    if (host === null) return explain("logout-form", { number: index + 1, hosts: all });
    if (!known.includes(host) && ignoresUnknown) continue;
    if (!known.includes(host)) return explain("not-logged-in", { host, near: closest(host, [...known]) });
    hosts.push(host);
  }
  return [...new Set(hosts)];
}

function isNpm(host: string): boolean {
  return parseRegistry(host).kind === "npm";
}

/** Null for what is not a host: the parser's own message would repeat a text that may be a secret. */
function parseHost(text: string): string | null {
  try {
    return parseRegistry(text).host;
  } catch (error) {
    if (error instanceof UserError) return null;
    throw error;
  }
}

/** Milliseconds that a logout may wait for credential stores. */
const LIMIT_MS = 20_000;

async function logOut(
  context: OfflineContext,
  store: Store,
  choose: () => Departure,
  { requests }: Discovery,
): Promise<Omit<LogoutReport, "root">> {
  const expected = choose().hosts;
  const artifacts = (host: string): Artifact[] => artifactsOf(host, expected, store, context.env);
  const before = expected.map((host) => ({ host, artifacts: artifacts(host) }));
  const { departure, failure, notOurs, removedFolders } = await unregister(
    { env: context.env, stores: storesOf(context, () => LIMIT_MS), now: context.now },
    store,
    choose,
  );
  // Another run may have started or ended its lease meanwhile.
  const left = before.filter(({ host }) => departure.hosts.includes(host));
  const report = left.map(({ host, artifacts: found }) => {
    const now = artifacts(host);
    const countIn = (artifacts: readonly Artifact[], artifact: Artifact): number =>
      artifacts.filter((each) => isDeepStrictEqual(each, artifact)).length;
    const isLeft = (artifact: Artifact): boolean => countIn(now, artifact) > 0;
    // Only the logout itself knows what it has removed from a store, which may have had several logins to the host.
    const untouched = storeArtifacts(notOurs, host);
    const isRemoved = (artifact: Artifact): boolean =>
      !isLeft(artifact) && (untouched.length === 0 || countIn(found, artifact) > countIn(untouched, artifact));
    const request = requests.find(({ registry }) => registry.host === host);
    return {
      host,
      removed: found.filter(isRemoved),
      left: found.filter(isLeft),
      again: request === undefined ? null : { identifier: request.identifier, source: request.source },
    };
  });
  const needed = departure.staying?.filter(({ leases = [] }) => leases.length > 0).map(({ host }) => host) ?? [];
  return { hosts: report, needed, folders: removedFolders, failure };
}
