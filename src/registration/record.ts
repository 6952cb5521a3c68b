import { type AuthText, authValue, textOfEntry } from "../clients/docker/auths.ts";
import { npmrcFile, npmTokenKey } from "../clients/npm/npmrc.ts";
import type { Storage } from "../discovery/options.ts";
import type { LoginRequest } from "../discovery/request.ts";
import { ACR_TOKEN_USER, IDENTITY_TOKEN_USER } from "../exchange/acr.ts";
import type { Credential } from "../exchange/credential.ts";
import { identityOf } from "../exchange/identity.ts";
import type { Environment } from "../platform/environment.ts";
import type { Registry } from "../registries/registry.ts";
import { fingerprint, holds, type JournalEntry, placeOfStore } from "../store/journal.ts";
import type { Registration } from "../store/state.ts";
import type { Entry } from "../store/vault.ts";

/** A login that is to be registered: what the clients shall present to the request's registry. */
export interface NewLogin {
  readonly request: LoginRequest;
  readonly credential: Credential;
  readonly verified: boolean;
  /** Epoch seconds; see {@link Registration}. */
  readonly verifiedAt: number | null;
  readonly placement: Placement;
}

/** Where a login is registered. */
export interface Placement {
  readonly storage: Registration["storage"];
  /** With the storage `store`: its name, and whether docker's configuration does not name it yet. */
  readonly store?: {
    readonly name: string;
    readonly isDefault: boolean;
    /** The revision of docker's config file at which the store was seen to have the login. */
    readonly seenIn?: string;
  };
  /** Whether it is written as `docker login` and the dev container CLI look it up: under every key of its registry. */
  readonly isNative?: true;
  /** Whether a GitHub token is stored: on a host, it is in no variable of later processes. */
  readonly keepsToken?: true;
  /** In the file because this store fails, after which docker looks there. */
  readonly fallback?: string;
}

/** What a vault holds of a login. The token of an identity is among the vault's
 * tokens, since it changes and registries share it; a GitHub token is nowhere. */
export function entryOf({
  request,
  credential,
  placement,
}: Pick<NewLogin, "request" | "credential" | "placement">): Entry {
  const identity = identityOf(request);
  const githubToken = request.source === "github-token" && placement.keepsToken !== true;
  const { username, secret, expiresAt } =
    identity === null && !githubToken ? credential : { ...credential, secret: "", expiresAt: null };
  const { identifier, registry } = request;
  return { version: 1, host: registry.host, identifier, username, secret, expiresAt, identity, githubToken };
}

/** What the state file holds of a login. */
export function registrationOf({ request, credential, verified, verifiedAt, placement }: NewLogin): Registration {
  const { identifier, registry, source } = request;
  const { storage, store, isNative, fallback } = placement;
  return {
    identifier,
    host: registry.host,
    source,
    verified,
    verifiedAt,
    storage,
    ...(store === undefined ? {} : { store: store.name }),
    ...(store?.seenIn === undefined ? {} : { configRevision: store.seenIn }),
    ...(fallback === undefined ? {} : { fallback }),
    ...(isNative === true || storage === "plaintext"
      ? { secrets: secretsOf(request), ...renewalOf(request, credential) }
      : {}),
  };
}

/** Fingerprint of the secrets of a request. */
export function secretsOf({ user, password, sessionToken }: LoginRequest): string {
  return fingerprint(JSON.stringify([user, password, sessionToken]));
}

/** How old a token may be that was made from secrets, as a part of its life. */
const RENEWAL = 0.5;

function renewalOf({ exchange }: LoginRequest, { expiresAt, issuedAt }: Credential): Pick<Registration, "renewAt"> {
  if (exchange === null || expiresAt === null || issuedAt === undefined) return {};
  return { renewAt: Math.floor(issuedAt + RENEWAL * (expiresAt - issuedAt)) };
}

/** Where a login is registered with a storage other than `native`, which depends on docker's configuration. */
export function placementOf(
  { registry, source }: LoginRequest,
  storage: Exclude<Storage, "native">,
  isHost: boolean,
): Placement {
  if (registry.kind === "npm") return { storage: "npmrc" };
  if (isHost) return { storage, keepsToken: true };
  // Plaintext would write the token down; an entry of the vault only says where to read it.
  return { storage: source === "github-token" && storage === "plaintext" ? "memory" : storage };
}

/** A value that a login puts into a client's file: in `auths` of docker's, or a setting of .npmrc. */
export interface FileValue {
  readonly key: string;
  readonly value: string;
  readonly sha256: string;
}

/** A setting of .npmrc with the host that it is for. */
export interface NpmValue extends FileValue {
  readonly host: string;
}

/** What plaintext storage writes: docker reads the first key; podman, skopeo and buildah find Docker Hub under it too. */
export function plaintextValues(
  { keys, key }: Registry,
  credential: Pick<Credential, "username" | "secret">,
  { isNative }: Placement,
): FileValue[] {
  if (isNative !== true) return [fileValue(key, authOf(credential))];
  const text = nativeText(credential);
  return keys.map((each) => fileValue(each, text));
}

/** What docker writes of a login that is in a credential store. */
export function placeholder({ key }: Registry): FileValue {
  return fileValue(key, "");
}

export function fileValue(key: string, value: string): FileValue {
  return { key, value, sha256: fingerprint(value) };
}

/** A login as `docker login` writes it: an identity token in its own field. */
export function nativeText({ username, secret }: Pick<Credential, "username" | "secret">): AuthText {
  if (username !== IDENTITY_TOKEN_USER) return authValue(username, secret);
  return textOfEntry({ auth: authValue(ACR_TOKEN_USER, ""), identitytoken: secret }) ?? "";
}

/** By which the journal knows a login in a credential store. */
export function storeValue(key: string, { username, secret }: Pick<Credential, "username" | "secret">): FileValue {
  return fileValue(key, authValue(username, secret));
}

/** The `auth` value of a credential, as docker would write it. */
export function authOf({ username, secret }: Pick<Credential, "username" | "secret">): string {
  return authValue(username === IDENTITY_TOKEN_USER ? ACR_TOKEN_USER : username, secret);
}

/**
 * The setting of .npmrc: by reference where the variable is in every shell, as in Codespaces; secrets of other hosts often
 * reach the hooks only.
 */
export function npmValue(
  { request, credential }: Pick<NewLogin, "request" | "credential">,
  env: Environment,
): NpmValue {
  const { identifier, registry, source } = request;
  const variable = source === "github-token" ? "GITHUB_TOKEN" : `${identifier}_CONTAINER_REGISTRY_PASSWORD`;
  const inEveryShell = env.CODESPACES === "true" && env[variable] === credential.secret;
  const byReference = source === "github-token" || source === "codespaces" || inEveryShell;
  const key = npmTokenKey(registry.host);
  const value = byReference ? `\${${variable}}` : credential.secret;
  return { host: registry.host, key, value, sha256: fingerprint(`${key}=${value}`) };
}

/** Are the clients' files, as the journal has them, as this login would write them? */
export function isWritten(
  login: Pick<NewLogin, "request" | "credential" | "placement">,
  journal: readonly JournalEntry[],
  env: Environment,
): boolean {
  const has = ({ key, sha256 }: FileValue, file?: string): boolean =>
    holds(journal, { key, sha256, since: null, ...(file === undefined ? {} : { file }) });
  const { request, credential, placement } = login;
  const { storage, store } = placement;
  if (storage === "plaintext")
    return plaintextValues(request.registry, credential, placement).every((value) => has(value));
  if (store !== undefined) {
    return request.registry.keys.every((key) => has(storeValue(key, credential), placeOfStore(store.name)));
  }
  return storage !== "npmrc" || has(npmValue(login, env), npmrcFile(env));
}
