import { type AwsOptions, type AwsToken, exchangeAws } from "../exchange/aws.ts";
import { type AwsIdentity, tokenName } from "../exchange/aws-identity.ts";
import { ExchangeError } from "../exchange/credential.ts";
import { UserError } from "../findings/user-error.ts";
import { withLock } from "../platform/lock.ts";
import type { Vault } from "../store/vault.ts";

const CLOCK_TOLERANCE_SECONDS = 300;
/** How long a token that is still valid is served without asking AWS again, after AWS did not give a new one. */
const BACK_OFF_SECONDS = 60;

/**
 * The registry token of an AWS identity that can be served without asking AWS; null where it is time to ask.
 * @param nowSeconds epoch seconds
 */
export function keptToken(vault: Vault, identity: AwsIdentity, nowSeconds: number): AwsToken | null {
  const kept = vault.readToken(tokenName(identity));
  return kept !== null && isServable(kept, nowSeconds) ? kept : null;
}

function isServable(kept: AwsToken, nowSeconds: number): boolean {
  return kept.expiresAt > nowSeconds && (isFresh(kept, nowSeconds) || nowSeconds < (kept.retryAt ?? 0));
}

/**
 * The registry token of an AWS identity: the kept one during the first half of its life, then a new one; when AWS does
 * not give a new one, the kept one until it expires. However many processes ask at once, one of them asks AWS: the
 * others wait for it where they have no valid token, and share its failure.
 * @throws ExchangeError when there is no token that is still valid
 */
export async function currentToken(vault: Vault, identity: AwsIdentity, options: AwsOptions): Promise<AwsToken> {
  const name = tokenName(identity);
  const seconds = (): number => Math.floor(options.now() / 1000);
  const startedAt = Date.now();
  const kept = vault.readToken(name);
  if (kept !== null && isServable(kept, seconds())) return kept;
  const valid = kept !== null && kept.expiresAt > seconds() ? kept : null;

  const renew = async (): Promise<AwsToken> => {
    // Whoever held the lock before may have renewed it meanwhile, or failed to.
    const latest = vault.readToken(name);
    if (latest !== null && isFresh(latest, seconds())) return latest;
    const failure = vault.readFailure(name);
    if (failure !== null && failure.at > startedAt) throw new ExchangeError(failure.outcome, failure);
    try {
      const token = await exchangeAws(identity, options);
      ignoreWriteError(() => vault.writeToken(name, token));
      return token;
    } catch (error) {
      if (!(error instanceof ExchangeError)) throw error;
      const { outcome, code, message, hint } = error;
      ignoreWriteError(() => {
        vault.writeFailure(name, { at: Date.now(), outcome, code, message, hint });
        if (valid !== null) vault.writeToken(name, { ...valid, retryAt: seconds() + BACK_OFF_SECONDS });
      });
      throw error;
    }
  };
  try {
    return await renewLocked(vault, name, renew, valid === null ? 2 * options.timeout : 0);
  } catch (error) {
    if (valid !== null && error instanceof UserError) return valid;
    throw error;
  }
}

/** Where no lock can be made (no room, read-only), asking AWS once too often is better than not at all. */
async function renewLocked(
  vault: Vault,
  name: string,
  renew: () => Promise<AwsToken>,
  waitMs: number,
): Promise<AwsToken> {
  try {
    return await withLock(vault.tokenLock(name), renew, waitMs);
  } catch (error) {
    if (error instanceof UserError || (error as NodeJS.ErrnoException).code === undefined) throw error;
    return await renew();
  }
}

/** A token that cannot be kept is served all the same. */
function ignoreWriteError(write: () => void): void {
  try {
    write();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
  }
}

function isFresh({ issuedAt, expiresAt }: AwsToken, nowSeconds: number): boolean {
  // A clock that went back behind the token's birth says nothing about its age.
  return nowSeconds >= issuedAt - CLOCK_TOLERANCE_SECONDS && nowSeconds < (issuedAt + expiresAt) / 2;
}
