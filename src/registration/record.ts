import { fingerprint } from "../clients/docker/auths.ts";
import { lineFingerprint, npmrcFile, npmTokenKey } from "../clients/npm/npmrc.ts";
import type { Storage } from "../discovery/options.ts";
import type { LoginRequest } from "../discovery/request.ts";
import { awsIdentityOf } from "../exchange/aws-identity.ts";
import type { Credential } from "../exchange/credential.ts";
import type { Environment } from "../platform/environment.ts";
import type { Registration } from "../store/state-file.ts";
import type { Entry } from "../store/vault.ts";
import { plaintextAuths } from "./auth-values.ts";

/** A login to keep: what the clients shall find for the request's registry. */
export interface Kept {
  readonly request: LoginRequest;
  readonly credential: Credential;
  readonly verified: boolean;
  /** Epoch seconds; see {@link Registration}. */
  readonly verifiedAt: number | null;
}

/** An AWS token is kept among the vault's tokens, since it changes and registries share it; a GitHub token nowhere. */
export function entryOf({ request, credential }: Kept): Entry {
  const aws = awsIdentityOf(request);
  const githubToken = request.source === "github-token";
  const kept = aws === null && !githubToken ? credential : { ...credential, secret: "", expiresAt: null };
  return { version: 1, host: request.registry.host, identifier: request.identifier, ...kept, aws, githubToken };
}

/** What the bookkeeping says of a login. */
export function registrationOf(login: Kept, storage: Storage, env: Environment): Registration {
  const { request, verified, verifiedAt } = login;
  const { identifier, registry, source } = request;
  const registration = { identifier, host: registry.host, source, verified, verifiedAt };
  if (registry.kind === "npm") {
    const line = lineFingerprint(npmSetting(login, env).join("="));
    return { ...registration, storage: "npmrc", npmrc: { file: npmrcFile(env), line } };
  }
  // Plaintext would write the token down; an entry of the vault only says where to read it.
  if (source === "github-token" && storage === "plaintext") return { ...registration, storage: "memory" };
  if (storage !== "plaintext") return { ...registration, storage };
  const auths = plaintextAuths(registry, login.credential).map(([key, auth]) => [key, fingerprint(auth)]);
  return { ...registration, storage, auths: Object.fromEntries(auths) };
}

/**
 * The setting of .npmrc, as key and value: by reference where the variable is in every shell, as in Codespaces; secrets of
 * other hosts often reach the hooks only.
 */
export function npmSetting({ request, credential }: Kept, env: Environment): [string, string] {
  const { identifier, registry, source } = request;
  const variable = source === "github-token" ? "GITHUB_TOKEN" : `${identifier}_CONTAINER_REGISTRY_PASSWORD`;
  const inEveryShell = env.CODESPACES === "true" && env[variable] === credential.secret;
  const byReference = source === "github-token" || source === "codespaces" || inEveryShell;
  return [npmTokenKey(registry.host), byReference ? `\${${variable}}` : credential.secret];
}
