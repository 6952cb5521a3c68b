import type { Storage } from "../discovery/options.ts";
import type { LoginRequest } from "../discovery/request.ts";
import { type AwsOptions, type AwsToken, exchangeAws } from "../exchange/aws.ts";
import { AWS_USER, type AwsIdentity, awsIdentityOf, tokenName } from "../exchange/aws-identity.ts";
import type { Credential } from "../exchange/credential.ts";
import { staticCredential } from "../exchange/static.ts";
import type { Store } from "../store/store.ts";
import { currentToken } from "./renewal.ts";

/** Turns a login request into a credential. @throws UserError for what a person can fix */
export type Exchange = (request: LoginRequest) => Promise<Credential>;

/**
 * Makes an {@link Exchange}. Requests of one AWS identity and region share one call to AWS, and its token is saved.
 * @param storage where tokens are saved; nowhere with plaintext
 */
export function createExchange(store: Store, storage: Storage, options: Omit<AwsOptions, "identifier">): Exchange {
  const tokens = new Map<string, Promise<AwsToken>>();
  const tokenOf = async (identity: AwsIdentity, identifier: string): Promise<AwsToken> => {
    const exchange = (): Promise<AwsToken> => exchangeAws(identity, { ...options, identifier });
    if (storage !== "memory" && storage !== "disk") return await exchange();
    return await currentToken(await store.prepare(storage), identity, { ...options, exchange, clientWaits: true });
  };
  return async (request) => {
    const identity = awsIdentityOf(request);
    if (identity === null) return staticCredential(request, options.now());
    const name = tokenName(identity);
    const pending = tokens.get(name) ?? tokenOf(identity, request.identifier);
    tokens.set(name, pending);
    const { secret, expiresAt, issuedAt } = await pending;
    return { username: AWS_USER, secret, expiresAt, issuedAt };
  };
}
