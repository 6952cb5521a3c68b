import type { LoginRequest } from "../discovery/request.ts";
import { explain } from "../findings/finding.ts";
import { acrCredential } from "./acr.ts";
import { type Credential, ExchangeError } from "./credential.ts";
import { checkGoogleKey } from "./google.ts";

/**
 * The credential of a request whose secrets are one already.
 * @param nowMs the time in milliseconds since the epoch
 * @throws ExchangeError for secrets that cannot be right
 */
export function staticCredential({ registry, user, password }: LoginRequest, nowMs: number): Credential {
  const [username, secret] = [user ?? "", password ?? ""];
  if (registry.kind === "acr") return acrCredential(username, secret, nowMs);
  if (registry.kind === "google") checkGoogleKey(username, secret);
  if (registry.kind === "npm" && !/^[\w.~+/=-]+$/.test(secret)) {
    throw new ExchangeError("failed", explain("npm-token-form"));
  }
  return { username, secret, expiresAt: null };
}
