import type { Storage } from "../discovery/options.ts";
import type { LoginRequest } from "../discovery/request.ts";
import type { Credential, Tried } from "../exchange/credential.ts";
import { exchangeIdentity } from "../exchange/exchange-identity.ts";
import { type Identity, identityOf, tokenName, userOf } from "../exchange/identity.ts";
import type { ExchangeOptions } from "../exchange/options.ts";
import { staticCredential } from "../exchange/static.ts";
import type { RegistryToken } from "../exchange/token.ts";
import type { Store } from "../store/store.ts";
import { currentToken } from "./renewal.ts";

/** Turns a login request into a credential. @throws UserError for what a person can fix */
export type Exchange = (request: LoginRequest) => Promise<Credential>;

/**
 * Makes an {@link Exchange}. Requests of one identity share one call to its cloud, and the token is saved.
 * @param storage where tokens are saved; nowhere with plaintext
 */
export function createExchange(store: Store, storage: Storage, options: Omit<ExchangeOptions, "identifier">): Exchange {
  const tokens = new Map<string, Promise<RegistryToken>>();
  const searches = new Map<string, readonly Tried[]>();
  const tokenOf = async (identity: Identity, identifier: string): Promise<RegistryToken> => {
    const exchange = async (): Promise<RegistryToken> => {
      const { token, tried } = await exchangeIdentity(identity, { ...options, identifier });
      searches.set(tokenName(identity), tried);
      return token;
    };
    if (storage !== "memory" && storage !== "disk") return await exchange();
    return await currentToken(await store.prepare(storage), identity, { ...options, exchange, clientWaits: true });
  };
  return async (request) => {
    const identity = identityOf(request);
    // Also of secrets that are exchanged: what is wrong with a key's form is known before anything is sent.
    if (identity === null || request.exchange === "google-key") {
      const unchanged = staticCredential(request, options.now());
      if (identity === null) return unchanged;
    }
    const name = tokenName(identity);
    const pending = tokens.get(name) ?? tokenOf(identity, request.identifier);
    tokens.set(name, pending);
    const { secret, expiresAt, issuedAt } = await pending;
    return { username: userOf(identity), secret, expiresAt, issuedAt, tried: searches.get(name) ?? [] };
  };
}
