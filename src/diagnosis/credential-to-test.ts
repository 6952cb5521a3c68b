import type { ClientLogin } from "../clients/docker/config.ts";
import { findDockerLogin, type QueryIfPresent } from "../clients/docker/lookup.ts";
import { currentFolder, findNpmSetting } from "../clients/npm/lookup.ts";
import { isOwnSetting } from "../clients/visibility.ts";
import type { Context } from "../context.ts";
import { currentSecret } from "../credentials/current-secret.ts";
import { createExchange } from "../credentials/exchange.ts";
import type { Credential } from "../exchange/credential.ts";
import { UserError } from "../findings/user-error.ts";
import type { Registry } from "../registries/registry.ts";
import type { SavedLogin, Store } from "../store/store.ts";
import type { Expected } from "./clients.ts";
import type { Subject } from "./targets.ts";

/** A credential to test a registry with, and what clients should present. */
export interface CredentialToTest {
  /** null: none is known. */
  readonly credential: Credential | null;
  readonly expected: Expected | null;
}

/**
 * The credential of the secrets; without secrets the saved one, and without that the one that docker itself would present.
 * @param timeout milliseconds for an exchange
 * @param query queries the helpers that docker would
 * @returns an error if there are secrets that do not become a credential
 */
export async function findCredentialToTest(
  { request, registered }: Subject,
  registry: Registry,
  context: Context,
  store: Store,
  timeout: number,
  query: QueryIfPresent,
): Promise<CredentialToTest | UserError> {
  if (request !== null) {
    // With storage plaintext no token is saved: the doctor writes nothing.
    try {
      const credential = await createExchange(store, "plaintext", { ...context, timeout })(request);
      const secret = request.exchange === null ? credential.secret : null;
      return { credential, expected: { user: credential.username, secret } };
    } catch (error) {
      if (error instanceof UserError) return error;
      throw error;
    }
  }
  if (registry.kind === "npm") return npmCredential(registry, registered !== null, context, store);
  const found = store.find(registry.host);
  if (found !== null) return await credentialOfSaved(found, context, store);
  const { login, hidden } = await findDockerLogin(context.env, registry, query);
  // It is there because its store failed. If the store answers now, docker does not look into its file any more.
  const inFile = registered?.fallback === undefined ? null : hidden;
  const presented = login ?? inFile;
  const credential = credentialOf(presented);
  if (inFile !== null) return { credential, expected: { user: inFile.username, secret: inFile.secret } };
  // Clients should still have a login that was lost.
  return { credential, expected: registered !== null && presented === null ? { user: "", secret: null } : null };
}

/** A login that docker has itself; null also for a registry token, which stands for what a token service answers. */
export function credentialOf(login: ClientLogin | null): Credential | null {
  if (login === null || login.isRegistryToken === true) return null;
  return { username: login.username, secret: login.secret, expiresAt: null };
}

/** The credential of a saved login, or why there is none. */
export async function credentialOfSaved(
  found: SavedLogin,
  context: Context,
  store: Store,
): Promise<(CredentialToTest & { readonly credential: Credential }) | UserError> {
  const secret = await currentSecret(context, store, found);
  if (typeof secret !== "string") return secret;
  const { username, expiresAt, identity } = found.entry;
  const expected = { user: username, secret: identity === null ? secret : null };
  return { credential: { username, secret, expiresAt }, expected };
}

/** npm's tokens are in .npmrc alone. A line that a login wrote there is what npm should present. */
function npmCredential(
  { host }: Registry,
  isRegistered: boolean,
  { env }: Context,
  { journal }: Store,
): CredentialToTest {
  const found = findNpmSetting(env, host, currentFolder());
  const isUsable = found !== null && found.unset === null && (!isRegistered || isOwnSetting(found, journal));
  const token = isUsable ? { user: "", secret: found.token } : null;
  return {
    credential: token === null ? null : { username: token.user, secret: token.secret, expiresAt: null },
    expected: token ?? (isRegistered ? { user: "", secret: "" } : null),
  };
}
