import { isDeepStrictEqual } from "node:util";
import type { Context } from "../context.ts";

import type { Storage } from "../discovery/options.ts";
import type { LoginRequest } from "../discovery/request.ts";
import { tokenName } from "../exchange/aws-identity.ts";
import type { Credential } from "../exchange/credential.ts";
import type { Environment } from "../platform/environment.ts";
import { layAnswers } from "../store/answer-cache.ts";
import { isVaulted, type Pending, type Registration } from "../store/state-file.ts";
import { type Earlier, readEarlier, remember, vaultFor, vaultsOf, withVault } from "../store/store.ts";
import { type ClientsReport, type ClientsWorld, registerClients } from "./clients.ts";
import { entryOf, type Kept, registrationOf } from "./record.ts";

/** Longer than any `docker login` takes between its reading and its writing. */
const RETURN_SECONDS = 60;

/** The credential that an earlier run kept for this login, if it is exactly this one. */
export function isKnown(
  earlier: Earlier,
  storage: Storage,
  request: LoginRequest,
  credential: Credential,
  env: Environment,
): "verified" | "unverified" | "none" {
  const unasked = { request, credential, verified: false, verifiedAt: null };
  const now = registrationOf(unasked, storage, env);
  const registered = earlier.state.registered.find((each) =>
    isDeepStrictEqual({ ...each, verified: false, verifiedAt: null }, now),
  );
  if (registered === undefined) return "none";
  const entry = vaultFor(earlier, now.storage)?.read("discovered", now.host) ?? null;
  if (isVaulted(now) && !isDeepStrictEqual(entry, entryOf(unasked))) return "none";
  return registered.verified ? "verified" : "unverified";
}

/**
 * Leaves exactly `kept` and `carried` behind: first the credentials, then the clients' configuration, then what is not
 * wanted goes, so that no client is ever pointed at a credential that is not there. What persons stored themselves stays.
 * @param carried logins of earlier runs to leave as they are
 * @param failed logins of which only the cause is kept, for the helper to tell
 * @throws UserError when the credentials or the configuration cannot be written
 */
export async function keep(
  context: Pick<Context, "memoryFolders" | "now"> & ClientsWorld,
  before: Earlier,
  storage: Storage,
  kept: readonly Kept[],
  carried: readonly Registration[],
  failed: readonly Registration[] = [],
): Promise<ClientsReport> {
  const fresh = kept.map((login) => ({ login, registration: registrationOf(login, storage, context.env) }));
  const rest = [...carried, ...failed];
  const registered = [...fresh.map(({ registration }) => registration), ...rest];
  let earlier = before;
  for (const { login, registration } of fresh.filter((each) => isVaulted(each.registration))) {
    earlier = withVault(context.memoryFolders, earlier, registration.storage === "disk" ? "disk" : "memory");
    vaultFor(earlier, registration.storage)?.write("discovered", entryOf(login));
  }
  let foreign: ReadonlySet<string> = new Set();
  let configs: readonly string[] = earlier.state.configs;
  let unfinished = false;
  // A run that is killed after it wrote to a client's file must find there what is its own.
  const pending = [...earlier.state.pending];
  const announced = [...configs];
  try {
    const report = await registerClients(context, earlier, fresh, rest, (file, written) => {
      if (registered.length === 0) return;
      // Once for an edit that has to start again.
      pending.push(...written.filter((each) => !pending.some((other) => isDeepStrictEqual(other, each))));
      if (file !== null && !announced.includes(file)) announced.push(file);
      remember(earlier, earlier.state.registered, announced, pending);
    });
    foreign = report.foreignLines;
    ({ configs, unfinished } = report);
    return report;
  } catch (error) {
    unfinished = true;
    throw error;
  } finally {
    // Also when a configuration cannot be edited: a refused credential must not be served any more.
    forgetOthers(earlier, registered);
    // What could not be taken away now is for the next run.
    const left = earlier.state.registered.filter((each) => !isVaulted(each) && !registered.includes(each));
    // A line that somebody else wrote in the same words is not ours to take away.
    remember(
      earlier,
      [...registered, ...(unfinished ? left : [])].map(({ npmrc, ...rest }) =>
        npmrc === undefined || foreign.has(npmrc.line) ? rest : { ...rest, npmrc },
      ),
      unfinished ? announced : configs,
      stillPending(earlier, pending, registered, unfinished ? pending : carried, context.now() / 1000),
    );
    layAnswers(readEarlier(context.env), context.now() / 1000);
  }
}

/**
 * What the next run has to know as ours though it stands in no row: of a run that was killed, for the hosts of `open`; and
 * the logins in plaintext that this run or one shortly before took away. docker writes the whole file as it read it, so
 * that it may bring one back.
 */
function stillPending(
  { state }: Earlier,
  pending: readonly Pending[],
  registered: readonly Registration[],
  open: readonly { readonly host: string }[],
  now: number,
): Pending[] {
  const isWanted = ({ auths }: Pending): boolean => registered.some((each) => isDeepStrictEqual(each.auths, auths));
  const written = pending.filter(({ goneAt }) => goneAt === undefined);
  const gone = [...state.registered, ...written].filter((each) => each.auths !== undefined && !isWanted(each));
  return [
    ...written.filter(({ host }) => open.some((each) => each.host === host)),
    ...pending.filter(({ goneAt }) => goneAt !== undefined && now - goneAt < RETURN_SECONDS),
    ...gone.map(({ host, auths }) => ({ host, auths, goneAt: Math.floor(now) })),
  ];
}

function forgetOthers(earlier: Earlier, registered: readonly Registration[]): void {
  for (const vault of vaultsOf(earlier)) {
    for (const { host } of vault.list("discovered")) {
      const wanted = registered.some((each) => each.host === host && vaultFor(earlier, each.storage) === vault);
      if (!wanted) vault.remove("discovered", host);
    }
    vault.keepTokens(new Set(vault.list("discovered").flatMap(({ aws }) => (aws === null ? [] : [tokenName(aws)]))));
  }
}
