import { dockerConfigFile } from "../../clients/docker/edit-config.ts";
import { npmrcFile } from "../../clients/npm/npmrc.ts";
import { NOBODY, whoFinds } from "../../clients/visibility.ts";
import type { OfflineContext, Result } from "../../context.ts";
import { readCodespacesSecrets } from "../../discovery/codespaces.ts";
import { readGithubToken } from "../../discovery/github.ts";
import { ACR_TOKEN_USER, IDENTITY_TOKEN_USER } from "../../exchange/acr.ts";
import { type AwsIdentity, tokenName } from "../../exchange/aws-identity.ts";
import { type Explanation, explain } from "../../findings/finding.ts";
import { explainLostLogin } from "../../findings/lost-login.ts";
import { createRedactor } from "../../redact.ts";
import { parseRegistry } from "../../registries/registry.ts";
import { keptSecrets, storedLogins } from "../../store/known-logins.ts";
import { isVaulted, type Registration } from "../../store/state-file.ts";
import { type Earlier, readEarlier, vaultFor } from "../../store/store.ts";
import type { Entry, Found, Vault } from "../../store/vault.ts";
import { type LoginStatus, statusJson, statusText } from "./report.ts";

/** Reports every saved login and its state, from the store and the clients' files. Uses no network. */
export async function status(context: OfflineContext, json: boolean): Promise<Result> {
  const earlier = readEarlier(context.env);
  const now = Math.floor(context.now() / 1000);
  const redact = createRedactor(keptSecrets(earlier));
  const logins = (await loginsOf(context, earlier, now)).map((login) => ({
    ...login,
    user: login.user === null ? null : redact(login.user),
  }));
  return { stdout: json ? statusJson(logins) : statusText(logins, now, context.terminal), exitCode: 0 };
}

async function loginsOf(context: OfflineContext, earlier: Earlier, now: number): Promise<LoginStatus[]> {
  const stored = storedLogins(earlier);
  const dockerLogins = stored.map((found): [Known, Found] => {
    const { host } = found.entry;
    const storage = found.vault === earlier.disk ? "disk" : "memory";
    return [{ identifier: null, host, source: "docker-login", storage, verified: false, verifiedAt: null }, found];
  });
  const registered = earlier.state.registered.map((login): [Known, Found | null] => {
    const vault = vaultFor(earlier, login.storage);
    const entry = vault?.read("discovered", login.host) ?? null;
    return [login, vault === null || entry === null ? null : { vault, entry }];
  });
  const logins = [...dockerLogins, ...registered].map(async ([login, found]): Promise<LoginStatus> => {
    const { host, source } = login;
    const known = describe(context, login, found, now);
    if (known.state !== "ready") return { ...known, clients: NOBODY };
    const overridden = source !== "docker-login" && isVaulted(login) && stored.some(({ entry }) => entry.host === host);
    if (overridden) return { ...known, ...trouble("shadowed", explain("stored-login", { host })), clients: NOBODY };
    return {
      ...known,
      clients: await whoFinds(context.env, { ...login, registry: parseRegistry(host) }, process.cwd()),
    };
  });
  return (await Promise.all(logins)).sort((a, b) => (a.host < b.host ? -1 : a.host > b.host ? 1 : 0));
}

type Known = Pick<Registration, "host" | "storage" | "verified" | "verifiedAt"> &
  Partial<Pick<Registration, "failure" | "npmrc" | "auths">> &
  Pick<LoginStatus, "identifier" | "source">;

/** @param found its entry in a vault; null if there is none */
function describe(
  context: OfflineContext,
  login: Known,
  found: Found | null,
  now: number,
): Omit<LoginStatus, "clients"> {
  const { host, identifier, source, storage, verified, verifiedAt } = login;
  const aws = found?.entry.aws ?? null;
  const token = found === null || aws === null ? null : found.vault.readToken(tokenName(aws));
  const valid = token !== null && token.expiresAt > now ? token : null;
  return {
    host,
    kind: parseRegistry(host).kind,
    identifier,
    source,
    user: found === null ? null : userOf(found.entry),
    storage,
    path: pathOf(context, login, found),
    ...stateOf(context, login, found, now),
    verified,
    verifiedAt,
    expiresAt: valid?.expiresAt ?? found?.entry.expiresAt ?? null,
    renewedAt: valid?.issuedAt ?? null,
    renewsAt: valid === null ? null : Math.floor((valid.issuedAt + valid.expiresAt) / 2),
  };
}

type State = Pick<LoginStatus, "state" | "code" | "detail" | "hint">;

function stateOf(context: OfflineContext, login: Known, found: Found | null, now: number): State {
  const { host, identifier, storage, failure } = login;
  if (failure !== undefined) return trouble("failed", failure);
  if (storage !== "memory" && storage !== "disk") return READY;
  if (found === null) return trouble("gone", explainLostLogin(login));
  const { entry, vault } = found;
  if (entry.githubToken) {
    const token = readGithubToken(context.env, readCodespacesSecrets(context.codespacesFile));
    return token === null ? trouble("gone", explain("github-token-missing")) : READY;
  }
  // Only credentials of secret sets have an expiry.
  if (identifier !== null && entry.expiresAt !== null && entry.expiresAt <= now) {
    const time = new Date(entry.expiresAt * 1000).toISOString();
    return trouble("expired", explain("login-expired", { host, time, identifier }));
  }
  const failedRenewal = entry.aws === null ? null : failureOf(vault, entry.aws, now);
  return failedRenewal === null ? READY : trouble("failed", failedRenewal);
}

const READY: State = { state: "ready", code: null, detail: "", hint: "" };

function trouble(state: LoginStatus["state"], { code, message, hint }: Explanation): State {
  return { state, code, detail: message, hint };
}

/** Why the last renewal failed, if that left no valid token. */
function failureOf(vault: Vault, identity: AwsIdentity, now: number): Explanation | null {
  const name = tokenName(identity);
  const token = vault.readToken(name);
  const failure = vault.readFailure(name);
  if (failure === null || (token !== null && (token.expiresAt > now || token.issuedAt * 1000 > failure.at)))
    return null;
  return failure;
}

function userOf({ username }: Entry): string {
  return username === IDENTITY_TOKEN_USER ? ACR_TOKEN_USER : username;
}

function pathOf({ env }: OfflineContext, { storage, npmrc }: Known, found: Found | null): string | null {
  if (storage === "plaintext") return dockerConfigFile(env);
  if (storage === "npmrc") return npmrc?.file ?? npmrcFile(env);
  return found?.vault.folder ?? null;
}
