import { entryOf } from "../../clients/docker/auths.ts";
import { readLoginConfigOrEmpty } from "../../clients/docker/config.ts";
import { type FoundLogin, findDockerLogin } from "../../clients/docker/lookup.ts";
import type { Context } from "../../context.ts";
import { currentSecret } from "../../credentials/current-secret.ts";
import { createExchange } from "../../credentials/exchange.ts";
import { explainMissingLogin } from "../../credentials/missing-login.ts";
import type { LoginRequest } from "../../discovery/request.ts";
import { ACR_TOKEN_USER, IDENTITY_TOKEN_USER, readExpiry } from "../../exchange/acr.ts";
import { tokenName } from "../../exchange/identity.ts";
import { explain } from "../../findings/finding.ts";
import { UserError } from "../../findings/user-error.ts";
import type { Environment } from "../../platform/environment.ts";
import { epochSeconds } from "../../platform/epoch.ts";
import { parseJson } from "../../platform/json.ts";
import type { Registry } from "../../registries/registry.ts";
import type { Registration } from "../../store/state.ts";
import type { SavedLogin, Store } from "../../store/store.ts";
import type { ExportedLogin } from "./exported-login.ts";

/** What looking a login up takes. */
export interface LoginSource {
  readonly context: Context;
  readonly store: Store;
  /** The logins that the secrets of this environment lead to. */
  readonly requests: readonly LoginRequest[];
  /** Milliseconds for an exchange. */
  readonly timeout: number;
  /** What was exported before, by the same run. */
  readonly earlier: readonly ExportedLogin[];
}

/** A user name and a secret with what is known about its end. */
interface Found {
  readonly username: string;
  readonly secret: string;
  readonly expiresAt: number | null;
  readonly isIdentityToken: boolean;
  readonly renewAt?: number | null;
}

/**
 * The login to a registry as it is now: the saved one, whose token is renewed in the second half of its life; without one,
 * what docker itself would present.
 * @throws UserError where there is none, or it has expired
 */
export async function findLogin(registry: Registry, source: LoginSource): Promise<ExportedLogin> {
  const { context, store } = source;
  const { host, kind } = registry;
  const saved = store.find(host);
  const registration = store.registrations.find((each) => each.host === host) ?? null;
  const found = saved === null ? await findElsewhere(registry, registration, source) : await takeSaved(saved, source);
  context.secrets.add([found.secret]);
  const expiresAt = found.expiresAt ?? expiryOf(found.secret);
  if (expiresAt !== null && expiresAt * 1000 <= context.now()) {
    throw new UserError(explain("export-expired", { host, time: new Date(expiresAt * 1000).toISOString() }));
  }
  // Azure accepts a refresh token as the password of this user, where programs ignore identity tokens.
  const isAcrToken = found.isIdentityToken && kind === "acr";
  return {
    registry,
    username: isAcrToken ? ACR_TOKEN_USER : found.username,
    secret: found.secret,
    isIdentityToken: found.isIdentityToken && !isAcrToken,
    expiresAt,
    renewAt: found.renewAt ?? null,
    endsWith: saved?.origin === "stored" ? null : endOf(saved, registration, context.env),
  };
}

/** The token of a codespace or of a CI job ends with it. */
function endOf(
  saved: SavedLogin | null,
  registration: Registration | null,
  env: Environment,
): ExportedLogin["endsWith"] {
  if (registration?.source === "gitlab") return "job";
  if (saved?.entry.githubToken !== true && registration?.source !== "github-token") return null;
  if (env.CODESPACES === "true") return "codespace";
  return env.GITHUB_ACTIONS === "true" ? "job" : null;
}

async function takeSaved(saved: SavedLogin, { context, store }: LoginSource): Promise<Found> {
  // Nobody waits for it as for a pull: a new token is better than one that is still valid.
  const secret = await currentSecret(context, store, saved, false);
  if (typeof secret !== "string") throw secret;
  const { username, expiresAt, identity } = saved.entry;
  const token = identity === null ? null : (store.tokens(saved.storage)?.read(tokenName(identity)) ?? null);
  return {
    username,
    secret,
    expiresAt: token?.expiresAt ?? expiresAt,
    isIdentityToken: username === IDENTITY_TOKEN_USER,
  };
}

/** The login of a machine's credential store, or of docker's file. A token there is made anew where its secrets are here. */
async function findElsewhere(
  registry: Registry,
  registration: Registration | null,
  source: LoginSource,
): Promise<Found> {
  const { context, store, requests } = source;
  const { host } = registry;
  const request = requests.find((each) => each.registry.host === host);
  const isMinted = registration?.failure === undefined && registration !== null && request?.exchange != null;
  const minted = isMinted ? await mint(request, source).catch(returnUserError) : null;
  if (minted !== null && !(minted instanceof UserError)) return minted;
  // The one that is stored may still be valid.
  const missing = explainMissingLogin(store, host, context.machine !== null);
  const found = await findDockerLogin(context.env, registry);
  if (found.login === null) {
    throw minted ?? new UserError(missing ?? found.problem ?? explain("export-no-login", { host }));
  }
  return { ...found.login, expiresAt: null, isIdentityToken: isIdentityToken(found) };
}

/** Makes a token, unless this run made one that is in the first half of its life. It is saved nowhere. */
async function mint(request: LoginRequest, { context, store, timeout, earlier }: LoginSource): Promise<Found> {
  const made = earlier.find(({ registry }) => registry.host === request.registry.host);
  if (made !== undefined && made.renewAt !== null && context.now() < made.renewAt * 1000) return made;
  const credential = await createExchange(store, "plaintext", { ...context, timeout })(request);
  const { username, expiresAt, issuedAt } = credential;
  const isIdentityToken = username === IDENTITY_TOKEN_USER;
  const renewAt = expiresAt === null || issuedAt === undefined ? null : (issuedAt + expiresAt) / 2;
  return { ...credential, isIdentityToken, renewAt };
}

function returnUserError(error: unknown): UserError {
  if (error instanceof UserError) return error;
  throw error;
}

/** Is it an identity token? docker's file has a field for them, and helpers a user name. */
function isIdentityToken({ from, file, login }: FoundLogin): boolean {
  if (login?.username === IDENTITY_TOKEN_USER) return true;
  if (from !== "file") return false;
  const { auths } = readLoginConfigOrEmpty(file);
  return Object.keys(auths).some((key) => entryOf(auths, key).identitytoken === login?.secret);
}

/**
 * When a token expires, if it says so itself: a JWT, or what AWS makes, which is a JSON text in base64. In epoch seconds.
 * Source: RFC 7519; the tokens of https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetAuthorizationToken.html
 */
function expiryOf(secret: string): number | null {
  const ofJwt = readExpiry(secret);
  if (ofJwt !== null) return ofJwt;
  const value = parseJson(Buffer.from(secret, "base64").toString("utf8"));
  return typeof value === "object" && value !== null && "expiration" in value ? epochSeconds(value.expiration) : null;
}
