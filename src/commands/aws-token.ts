import { type AwsOptions, type AwsToken, exchangeAws } from "../exchange/aws.ts";
import { type AwsIdentity, tokenName } from "../exchange/aws-identity.ts";
import { withLock } from "../vault/lock.ts";
import type { Vault } from "../vault/vault.ts";

const CLOCK_TOLERANCE_SECONDS = 300;

/**
 * The registry token of an AWS identity: the kept one during the first half of its life, then a new one; when AWS does
 * not give a new one, the kept one until it expires. However many processes ask at once, one of them asks AWS.
 * @throws ExchangeError when there is no token that is still valid
 */
export async function currentToken(vault: Vault, identity: AwsIdentity, options: AwsOptions): Promise<AwsToken> {
  const name = tokenName(identity);
  const seconds = (): number => Math.floor(options.now() / 1000);
  const kept = vault.readToken(name);
  if (kept !== null && isFresh(kept, seconds())) return kept;
  const renew = async (): Promise<AwsToken> => {
    // Whoever held the lock before may have renewed it meanwhile.
    const latest = vault.readToken(name);
    if (latest !== null && isFresh(latest, seconds())) return latest;
    try {
      const token = await exchangeAws(identity, options);
      vault.writeToken(name, token);
      return token;
    } catch (error) {
      if (latest !== null && latest.expiresAt > seconds()) return latest;
      throw error;
    }
  };
  return withLock(vault.tokenLock(name), renew, 2 * options.timeout);
}

function isFresh({ issuedAt, expiresAt }: AwsToken, nowSeconds: number): boolean {
  // A clock that went back behind the token's birth says nothing about its age.
  return nowSeconds >= issuedAt - CLOCK_TOLERANCE_SECONDS && nowSeconds < (issuedAt + expiresAt) / 2;
}
