import type { Context } from "../context.ts";
import { readSecretsFile } from "../discovery/codespaces.ts";
import { readGithubTokenFor } from "../discovery/github.ts";
import { parseOptions, readOptions } from "../discovery/options.ts";
import { type Identity, tokenName } from "../exchange/identity.ts";
import type { RegistryToken } from "../exchange/token.ts";
import { explain } from "../findings/finding.ts";
import { UserError } from "../findings/user-error.ts";
import type { SavedLogin, Store } from "../store/store.ts";
import type { Tokens } from "../store/tokens.ts";
import { currentToken, savedToken } from "./renewal.ts";

/** What the secret of a saved login needs of the world. */
export type SecretContext = Pick<Context, "env" | "codespacesFile" | "optionsFile" | "machine" | "now">;

/** The secret of a saved login as far as it is at hand, without asking anybody; null where it is not. */
export function savedSecret(context: SecretContext, store: Store, { entry, storage }: SavedLogin): string | null {
  // A login with this token was made in a codespace. `sudo docker` has lost CODESPACES, which would say so.
  if (entry.githubToken) {
    return readGithubTokenFor(entry.host, context.env, readSecretsFile(context.codespacesFile))?.token ?? null;
  }
  const { identity } = entry;
  return identity === null ? entry.secret : (store.tokens(storage)?.read(tokenName(identity))?.secret ?? null);
}

/**
 * The secret of a saved login at this time, or why there is none. A token is renewed in the second half of its life.
 * @param clientWaits whether a client waits for it; see {@link Renewal}
 */
export async function currentSecret(
  context: SecretContext,
  store: Store,
  { entry, storage }: SavedLogin,
  clientWaits = true,
): Promise<string | UserError> {
  if (entry.githubToken) {
    const found = readGithubTokenFor(entry.host, context.env, readSecretsFile(context.codespacesFile));
    return found?.token ?? new UserError(explain("github-token-missing"));
  }
  const { host, identifier, expiresAt, identity } = entry;
  // Only credentials of secret sets have an expiry.
  if (identifier === null) return entry.secret;
  if (expiresAt !== null && expiresAt * 1000 <= context.now()) {
    const time = new Date(expiresAt * 1000).toISOString();
    return new UserError(explain("login-expired", { host, time, identifier }));
  }
  const tokens = store.tokens(storage);
  if (identity === null || tokens === null) return entry.secret;
  return await tokenSecret(context, store, tokens, { identity, identifier, clientWaits });
}

/** Whose token is wanted, and the secret set that a finding names. */
interface WantedToken {
  readonly identity: Identity;
  readonly identifier: string;
  readonly clientWaits: boolean;
}

async function tokenSecret(
  context: SecretContext,
  store: Store,
  tokens: Tokens,
  { identity, identifier, clientWaits }: WantedToken,
): Promise<string | UserError> {
  try {
    const saved = savedToken(tokens, identity, Math.floor(context.now() / 1000));
    if (saved !== null) return saved.secret;
    const { timeout } = parseOptions(readOptions(context), {});
    const exchange = (): Promise<RegistryToken> => askCloud(context, { identity, identifier, timeout });
    try {
      return (await currentToken(tokens, identity, { exchange, timeout, clientWaits, now: context.now })).secret;
    } finally {
      removeIfLoggedOut(store, tokens, identity);
    }
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
}

/** The network code is only loaded by the process that asks: of many clients at once, all others wait for it. */
async function askCloud(
  { env, now }: SecretContext,
  { identity, identifier, timeout }: Pick<WantedToken, "identity" | "identifier"> & { readonly timeout: number },
): Promise<RegistryToken> {
  const [{ createSend }, { exchangeIdentity }] = await Promise.all([
    import("../network/http.ts"),
    import("../exchange/exchange-identity.ts"),
  ]);
  const { send, close } = createSend(env);
  try {
    return (await exchangeIdentity(identity, { identifier, timeout, now, env, send })).token;
  } finally {
    close();
  }
}

/** A logout during the renewal has removed the login, and could not remove the new token. */
function removeIfLoggedOut(store: Store, tokens: Tokens, identity: Identity): void {
  const name = tokenName(identity);
  const isUsed = store.entries().some(({ entry }) => entry.identity !== null && tokenName(entry.identity) === name);
  if (!isUsed) tokens.remove(name);
}
