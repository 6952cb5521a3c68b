import type { Context } from "../context.ts";
import type { Storage } from "../discovery/options.ts";
import type { LoginRequest } from "../discovery/request.ts";
import { type AwsOptions, type AwsToken, exchangeAws } from "../exchange/aws.ts";
import { AWS_USER, type AwsIdentity, awsIdentityOf, tokenName } from "../exchange/aws-identity.ts";
import type { Credential } from "../exchange/credential.ts";
import { staticCredential } from "../exchange/static.ts";
import { lockEarlier, vaultFor, withVault } from "../store/store.ts";
import { currentToken } from "./aws-token.ts";

/**
 * Makes a function that turns requests into credentials. Requests of one AWS identity and region share one call.
 * The function throws UserError for what a person can mend.
 */
export function createObtain(
  context: Pick<Context, "env" | "memoryFolders">,
  storage: Storage,
  options: Omit<AwsOptions, "identifier">,
): (request: LoginRequest) => Promise<Credential> {
  const tokens = new Map<string, Promise<AwsToken>>();
  const ask = async (identity: AwsIdentity, identifier: string): Promise<AwsToken> => {
    const named = { ...options, identifier };
    if (storage === "plaintext") return exchangeAws(identity, named);
    const earlier = await lockEarlier(context.env, (each) => withVault(context.memoryFolders, each, storage));
    const vault = vaultFor(earlier, storage);
    return vault === null ? exchangeAws(identity, named) : currentToken(vault, identity, named);
  };
  return async (request) => {
    const identity = awsIdentityOf(request);
    if (identity === null) return staticCredential(request, options.now());
    const name = tokenName(identity);
    const asked = tokens.get(name) ?? ask(identity, request.identifier);
    tokens.set(name, asked);
    const { secret, expiresAt } = await asked;
    return { username: AWS_USER, secret, expiresAt };
  };
}
