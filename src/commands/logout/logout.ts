import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { closest } from "fastest-levenshtein";
import type { OfflineContext, Result } from "../../context.ts";
import { readCodespacesSecrets } from "../../discovery/codespaces.ts";
import { discover } from "../../discovery/discover.ts";
import { parseOptions, readOptionsFile } from "../../discovery/options.ts";
import type { Discovery } from "../../discovery/request.ts";
import { explain } from "../../findings/finding.ts";
import { UserError } from "../../findings/user-error.ts";
import { createRedactor } from "../../redact.ts";
import type { Removable } from "../../registration/artifacts.ts";
import { type Place, placesOf } from "../../registration/artifacts.ts";
import { forget } from "../../registration/unregister.ts";
import { parseRegistry } from "../../registries/registry.ts";
import { removeAnswersLink } from "../../store/answer-cache.ts";
import { keptSecrets, loginHosts } from "../../store/known-logins.ts";
import { type Earlier, lockEarlier, readEarlier, vaultsOf } from "../../store/store.ts";
import { type LogoutReport, logoutJson, logoutText } from "./report.ts";

export interface LogoutFlags {
  /** Texts of hosts, as a person writes them; see {@link parseRegistry}. */
  readonly hosts: readonly string[];
  readonly all: boolean;
  readonly json: boolean;
}

/**
 * Takes away what was added for these hosts, whoever added it: our logins, and those made with `docker login` through
 * our helper. Nothing is changed when one of the hosts is not logged in.
 * @returns exit code 0, or 1 when something could not be taken away
 * @throws UserError for hosts that are not logged in, or none at all
 */
export async function logout(context: OfflineContext, { hosts, all, json }: LogoutFlags): Promise<Result> {
  const earlier = readEarlier(context.env);
  const known = loginHosts(earlier);
  const discovery = discoverHere(context);
  const redact = createRedactor([...discovery.secrets, ...keptSecrets(earlier)]);
  const wanted = all ? known : hostsOf(hosts, known, redact);
  const report = await logOut(context, wanted, all, discovery);
  const stdout = json ? logoutJson(report) : logoutText(report, context.terminal);
  return { stdout, exitCode: report.failure === null ? 0 : 1 };
}

/** What this environment would log in to; what stands against it is not a matter for a logout. */
function discoverHere(context: OfflineContext): Discovery {
  const codespaces = readCodespacesSecrets(context.codespacesFile);
  try {
    return discover(context.env, parseOptions(readOptionsFile(context.optionsFile), {}), codespaces);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return discover(context.env, { registries: new Map() }, codespaces);
  }
}

function hostsOf(texts: readonly string[], known: readonly string[], redact: (text: string) => string): string[] {
  if (known.length === 0) throw new UserError(explain("nothing-logged-in"));
  const all = known.join(", ");
  if (texts.length === 0) throw new UserError(explain("logout-what", { hosts: all }));
  const hosts = texts.map((text, index) => {
    const host = parseHost(text);
    if (host === null) throw new UserError(explain("logout-form", { number: index + 1, hosts: all }));
    if (known.includes(host)) return host;
    throw new UserError(explain("not-logged-in", { host: redact(host), near: closest(host, [...known]) }));
  });
  return [...new Set(hosts)];
}

/** Null for what is no host: the parser's own message would repeat a text that may be a secret. */
function parseHost(text: string): string | null {
  try {
    return parseRegistry(text).host;
  } catch (error) {
    if (error instanceof UserError) return null;
    throw error;
  }
}

async function logOut(
  context: OfflineContext,
  hosts: readonly string[],
  all: boolean,
  { requests }: Discovery,
): Promise<LogoutReport> {
  // Where we never were, not even a folder for the lock is made.
  if (hosts.length === 0 && !existsSync(readEarlier(context.env).folder))
    return { hosts: [], folders: [], failure: null };
  return await lockEarlier(context.env, async (earlier) => {
    const before = hosts.map((host) => ({ host, places: placesOf(host, earlier, context.env) }));
    const failure = await forget(context, earlier, hosts, all);
    const folders = all && failure === null ? removeFolders(earlier) : [];
    const report = before.map(({ host, places }) => {
      const removed = places.filter((place) => !place.isThere());
      // A token of AWS stays while another registry of its identity is logged in.
      const left = places.filter((place) => place.isThere() && place.what !== "aws-token");
      const request = requests.find(({ registry }) => registry.host === host);
      const again = request === undefined ? null : { identifier: request.identifier, source: request.source };
      return { host, removed: removed.map(tell), left: left.map(tell), again };
    });
    return { hosts: report, folders, failure };
  });
}

function tell({ what, where }: Place): Removable {
  return { what, where };
}

/** With the last login go the bookkeeping and the vaults. */
function removeFolders(earlier: Earlier): string[] {
  rmSync(join(earlier.folder, "state.json"), { force: true });
  removeAnswersLink(earlier);
  const folders = vaultsOf(earlier).map(({ folder }) => folder);
  const there = folders.filter((folder) => existsSync(folder));
  for (const folder of there) rmSync(folder, { recursive: true, force: true });
  return there;
}
