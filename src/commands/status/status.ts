import { dockerConfigFile } from "../../clients/docker/edit-config.ts";
import { openStoreAnswers, queryAnswers } from "../../clients/native/answers.ts";
import { currentFolder } from "../../clients/npm/lookup.ts";
import { npmrcFile, npmTokenKey } from "../../clients/npm/npmrc.ts";
import { findClients, installedClients, NO_CLIENTS } from "../../clients/visibility.ts";
import type { OfflineContext, Result } from "../../context.ts";
import { readSecretsFile } from "../../discovery/codespaces.ts";
import { readGithubTokenFor } from "../../discovery/github.ts";
import { ACR_TOKEN_USER, IDENTITY_TOKEN_USER } from "../../exchange/acr.ts";
import { type Identity, tokenName } from "../../exchange/identity.ts";
import type { RegistryToken } from "../../exchange/token.ts";
import { type Explanation, explain } from "../../findings/finding.ts";
import { explainLostLogin } from "../../findings/lost-login.ts";
import { printable } from "../../printable.ts";
import { parseRegistry } from "../../registries/registry.ts";
import { savedSecrets, storedLogins } from "../../store/known-logins.ts";
import { openStore } from "../../store/open-store.ts";
import { type Registration, vaultOf } from "../../store/state.ts";
import type { SavedLogin, Store } from "../../store/store.ts";
import type { Entry } from "../../store/vault.ts";
import { storesOf } from "../clients-world.ts";
import { type LoginStatus, statusJson, statusText } from "./report.ts";

/** Milliseconds that credential stores may take. */
const STORES_LIMIT_MS = 5_000;

/** What is logged in, and in which state: from the store and the clients' files, without the network. */
export async function status(context: OfflineContext, json: boolean): Promise<Result> {
  const store = openStore(context);
  const now = Math.floor(context.now() / 1000);
  context.secrets.add(savedSecrets(store));
  const logins = (await loginsOf(context, store, now)).map((login) => ({
    ...login,
    user: login.user === null ? null : printable(login.user),
  }));
  const text = (): string =>
    statusText(
      logins,
      now,
      installedClients(context.env),
      store.hasRootLogin,
      context.terminal,
      context.machine !== null,
    );
  // Of logins that cannot be read, nothing else says why they are missing.
  const why = logins.length === 0 ? store.problem : null;
  const stderr = why === null ? "" : `registry-login: ${why.message}\n  -> ${why.hint}\n`;
  return { stdout: json ? statusJson(logins, store.hasRootLogin) : text(), stderr, exitCode: 0 };
}

async function loginsOf(context: OfflineContext, store: Store, now: number): Promise<LoginStatus[]> {
  const stored = storedLogins(store);
  const dockerLogins = stored.map((saved): [Known, SavedLogin] => {
    const { entry, storage } = saved;
    const known = { identifier: null, source: "docker-login", verified: false, verifiedAt: null } as const;
    return [{ ...known, host: entry.host, storage }, saved];
  });
  const registered = store.registrations.map((login): [Known, SavedLogin | null] => [login, store.credentialOf(login)]);
  const query = queryAnswers(openStoreAnswers(storesOf(context, () => STORES_LIMIT_MS)));
  const logins = [...dockerLogins, ...registered].map(async ([login, saved]): Promise<LoginStatus> => {
    const { host, source, storage, fallback } = login;
    const status = describe(context, store, login, saved, now);
    if (status.state !== "ready") return { ...status, clients: NO_CLIENTS, obstacles: [] };
    const visible = {
      registry: parseRegistry(host),
      storage,
      fallback,
      isStored: source === "docker-login",
      isHost: context.machine !== null,
      query,
    };
    const { clients, obstacles } = await findClients(context.env, visible, store, currentFolder());
    const [first] = obstacles;
    if (first === undefined) return { ...status, clients, obstacles };
    const isShadowed = obstacles.every(({ finding }) => finding.code === "stored-login");
    return { ...status, ...problem(isShadowed ? "shadowed" : "ready", first.finding), clients, obstacles };
  });
  return (await Promise.all(logins)).sort((a, b) => (a.host < b.host ? -1 : a.host > b.host ? 1 : 0));
}

type Known = Pick<Registration, "host" | "storage" | "verified" | "verifiedAt"> &
  Partial<Pick<Registration, "failure" | "absentSince" | "store" | "fallback">> &
  Pick<LoginStatus, "identifier" | "source">;

/** @param saved its credential; null if it is not in a vault, or was lost */
function describe(
  context: OfflineContext,
  store: Store,
  login: Known,
  saved: SavedLogin | null,
  now: number,
): Omit<LoginStatus, "clients" | "obstacles"> {
  const { host, identifier, source, storage, verified, verifiedAt } = login;
  const token = saved === null || saved.entry.identity === null ? null : readToken(store, saved, saved.entry.identity);
  const valid = token !== null && token.expiresAt > now ? token : null;
  return {
    host,
    kind: parseRegistry(host).kind,
    identifier,
    source,
    user: saved === null ? null : userOf(saved.entry),
    storage,
    store: login.store ?? null,
    path: pathOf(context, store, login, saved),
    ...stateOf(context, store, login, saved, now),
    verified,
    verifiedAt,
    absentSince: login.absentSince ?? null,
    expiresAt: valid?.expiresAt ?? saved?.entry.expiresAt ?? null,
    renewedAt: valid?.issuedAt ?? null,
    renewsAt: valid === null ? null : Math.floor((valid.issuedAt + valid.expiresAt) / 2),
  };
}

function readToken(store: Store, { storage }: SavedLogin, identity: Identity): RegistryToken | null {
  return store.tokens(storage)?.read(tokenName(identity)) ?? null;
}

type State = Pick<LoginStatus, "state" | "code" | "detail" | "hint">;

function stateOf(context: OfflineContext, store: Store, login: Known, saved: SavedLogin | null, now: number): State {
  const { host, identifier, storage, failure } = login;
  if (failure !== undefined) return problem("failed", failure);
  if (vaultOf(login) === null) return READY;
  if (saved === null)
    return problem(
      "gone",
      (storage === "memory" ? store.problem : null) ?? explainLostLogin(login, context.machine !== null),
    );
  const { entry } = saved;
  if (entry.githubToken) {
    const token = readGithubTokenFor(host, context.env, readSecretsFile(context.codespacesFile));
    return token === null ? problem("gone", explain("github-token-missing")) : READY;
  }
  // Only credentials of secret sets have an expiry.
  if (identifier !== null && entry.expiresAt !== null && entry.expiresAt <= now) {
    const time = new Date(entry.expiresAt * 1000).toISOString();
    return problem("expired", explain("login-expired", { host, time, identifier }));
  }
  const failedRenewal = entry.identity === null ? null : renewalFailure(store, saved, entry.identity, now);
  return failedRenewal === null ? READY : problem("failed", failedRenewal);
}

const READY: State = { state: "ready", code: null, detail: "", hint: "" };

function problem(state: LoginStatus["state"], { code, message, hint }: Explanation): State {
  return { state, code, detail: message, hint };
}

/** Why the last renewal failed, if that left no valid token. */
function renewalFailure(store: Store, saved: SavedLogin, identity: Identity, now: number): Explanation | null {
  const token = readToken(store, saved, identity);
  const failure = store.tokens(saved.storage)?.readFailure(tokenName(identity)) ?? null;
  const isOver = token !== null && failure !== null && (token.expiresAt > now || token.issuedAt * 1000 > failure.at);
  return isOver ? null : failure;
}

function userOf({ username }: Entry): string {
  return username === IDENTITY_TOKEN_USER ? ACR_TOKEN_USER : username;
}

function pathOf(
  { env }: OfflineContext,
  { journal }: Store,
  { storage, host }: Known,
  saved: SavedLogin | null,
): string | null {
  if (storage === "plaintext") return dockerConfigFile(env);
  if (storage === "npmrc") return journal.find(({ key }) => key === npmTokenKey(host))?.file ?? npmrcFile(env);
  return saved?.folder ?? null;
}
