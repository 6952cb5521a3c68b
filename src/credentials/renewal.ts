import { ExchangeError } from "../exchange/credential.ts";
import { type Identity, tokenName } from "../exchange/identity.ts";
import type { RegistryToken } from "../exchange/token.ts";
import { UserError } from "../findings/user-error.ts";
import type { Tokens } from "../store/tokens.ts";

const CLOCK_TOLERANCE_SECONDS = 300;
/** How long a token that is still valid is served without asking its cloud again, after that did not give a new one. */
const BACK_OFF_SECONDS = 60;

/**
 * The saved token of an identity that can be served without asking its cloud; null where it is time to ask.
 * @param nowSeconds epoch seconds
 */
export function savedToken(tokens: Tokens, identity: Identity, nowSeconds: number): RegistryToken | null {
  const saved = tokens.read(tokenName(identity));
  return saved !== null && isServable(saved, nowSeconds) ? saved : null;
}

function isServable(token: RegistryToken, nowSeconds: number): boolean {
  return isValid(token, nowSeconds) && (isFresh(token, nowSeconds) || nowSeconds < (token.retryAt ?? 0));
}

/** How a token is renewed. */
export interface Renewal {
  /** Asks the cloud; only called by the process that renews. */
  readonly exchange: () => Promise<RegistryToken>;
  /** Milliseconds for the exchange. */
  readonly timeout: number;
  /** Whether a client waits: then a token that is still valid is better than waiting for another process that renews. */
  readonly clientWaits: boolean;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/**
 * The token of an identity: the saved one during the first half of its life, then a new one; when the cloud does not give a
 * new one, the saved one until it expires. However many processes ask at once, one of them asks it: the others wait for it
 * where they have no valid token, and share its failure.
 * @throws ExchangeError when there is no token that is still valid
 */
export async function currentToken(tokens: Tokens, identity: Identity, renewal: Renewal): Promise<RegistryToken> {
  const name = tokenName(identity);
  const seconds = (): number => Math.floor(renewal.now() / 1000);
  const startedAt = Date.now();
  const saved = tokens.read(name);
  if (saved !== null && isServable(saved, seconds())) return saved;
  const valid = saved !== null && isValid(saved, seconds()) ? saved : null;

  const renew = async (): Promise<RegistryToken> => {
    // The process that held the lock before may have renewed it meanwhile, or failed to.
    const latest = tokens.read(name);
    if (latest !== null && isFresh(latest, seconds())) return latest;
    const failure = tokens.readFailure(name);
    if (failure !== null && failure.at > startedAt) throw new ExchangeError(failure.outcome, failure);
    try {
      const token = await renewal.exchange();
      ignoreWriteError(() => tokens.write(name, token));
      return token;
    } catch (error) {
      if (!(error instanceof ExchangeError)) throw error;
      const { outcome, code, message, hint } = error;
      ignoreWriteError(() => {
        tokens.writeFailure(name, { at: Date.now(), outcome, code, message, hint });
        if (valid !== null) tokens.write(name, { ...valid, retryAt: seconds() + BACK_OFF_SECONDS });
      });
      throw error;
    }
  };
  try {
    return await renewLocked(tokens, name, renew, valid === null || !renewal.clientWaits ? 2 * renewal.timeout : 0);
  } catch (error) {
    if (valid !== null && error instanceof UserError) return valid;
    throw error;
  }
}

/** Where no lock can be made (no room, read-only), asking the cloud once too often is better than not at all. */
async function renewLocked(
  tokens: Tokens,
  name: string,
  renew: () => Promise<RegistryToken>,
  waitMs: number,
): Promise<RegistryToken> {
  try {
    return await tokens.withLock(name, renew, waitMs);
  } catch (error) {
    if (error instanceof UserError || (error as NodeJS.ErrnoException).code === undefined) throw error;
    return await renew();
  }
}

/** A token that cannot be saved is served anyway. */
function ignoreWriteError(write: () => void): void {
  try {
    write();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
  }
}

function isValid({ expiresAt }: RegistryToken, nowSeconds: number): boolean {
  return expiresAt > nowSeconds;
}

/** In the first half of its life? */
export function isFresh({ issuedAt, expiresAt }: RegistryToken, nowSeconds: number): boolean {
  // A clock that was set back to before the token was issued says nothing about its age.
  return nowSeconds >= issuedAt - CLOCK_TOLERANCE_SECONDS && nowSeconds < (issuedAt + expiresAt) / 2;
}
