import { authValue } from "../clients/docker/auths.ts";
import { npmrcFile, npmTokenKey } from "../clients/npm/npmrc.ts";
import type { Storage } from "../discovery/options.ts";
import type { LoginRequest } from "../discovery/request.ts";
import { ACR_TOKEN_USER, IDENTITY_TOKEN_USER } from "../exchange/acr.ts";
import { awsIdentityOf } from "../exchange/aws-identity.ts";
import type { Credential } from "../exchange/credential.ts";
import type { Environment } from "../platform/environment.ts";
import type { Registry } from "../registries/registry.ts";
import { fingerprint, type JournalEntry } from "../store/journal.ts";
import type { Registration } from "../store/state-file.ts";
import type { Entry } from "../store/vault.ts";

/** A login that is to be registered: what the clients shall present to the request's registry. */
export interface NewLogin {
  readonly request: LoginRequest;
  readonly credential: Credential;
  readonly verified: boolean;
  /** Epoch seconds; see {@link Registration}. */
  readonly verifiedAt: number | null;
}

/** What a vault holds of a login. An AWS token is among the vault's tokens, since it changes and registries share it; a GitHub token is nowhere. */
export function entryOf({ request, credential }: Pick<NewLogin, "request" | "credential">): Entry {
  const aws = awsIdentityOf(request);
  const githubToken = request.source === "github-token";
  const { username, secret, expiresAt } =
    aws === null && !githubToken ? credential : { ...credential, secret: "", expiresAt: null };
  const { identifier, registry } = request;
  return { version: 1, host: registry.host, identifier, username, secret, expiresAt, aws, githubToken };
}

/** What the state file holds of a login. */
export function registrationOf({ request, verified, verifiedAt }: NewLogin, storage: Storage): Registration {
  const { identifier, registry, source } = request;
  return { identifier, host: registry.host, source, verified, verifiedAt, storage: storageOf(request, storage) };
}

/** Where a login is registered. */
export function storageOf({ registry, source }: LoginRequest, storage: Storage): Registration["storage"] {
  if (registry.kind === "npm") return "npmrc";
  // Plaintext would write the token down; an entry of the vault only says where to read it.
  return source === "github-token" && storage === "plaintext" ? "memory" : storage;
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
export function plaintextValue(
  { keys, host }: Registry,
  credential: Pick<Credential, "username" | "secret">,
): FileValue {
  const value = authOf(credential);
  return { key: keys[0] ?? host, value, sha256: fingerprint(value) };
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

/**
 * Are the clients' files, as the journal has them, as this login would write them?
 * @param storage where the login is registered
 */
export function isWritten(
  login: Pick<NewLogin, "request" | "credential">,
  storage: Registration["storage"],
  journal: readonly JournalEntry[],
  env: Environment,
): boolean {
  const has = ({ key, sha256 }: FileValue, file?: string): boolean =>
    journal.some(
      (entry) =>
        entry.since === null && entry.key === key && entry.sha256 === sha256 && (file ?? entry.file) === entry.file,
    );
  if (storage === "plaintext") return has(plaintextValue(login.request.registry, login.credential));
  return storage !== "npmrc" || has(npmValue(login, env), npmrcFile(env));
}
