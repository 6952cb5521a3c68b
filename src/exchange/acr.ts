import { explain } from "../findings/finding.ts";
import { epochSeconds } from "../platform/epoch.ts";
import { parseJson } from "../platform/json.ts";
import { type Credential, ExchangeError } from "./credential.ts";

/** The user name that marks the password as a refresh token (`az acr login --expose-token`). */
export const ACR_TOKEN_USER = "00000000-0000-0000-0000-000000000000";

/** The user name with which a credential helper marks a secret as an identity token (docker-credential-helpers). */
export const IDENTITY_TOKEN_USER = "<token>";

/**
 * The credential of an Azure registry: clients get a refresh token as an identity token, and anything else (service
 * principal, token, admin user) as user and password.
 * @param request its identifier, for messages, and its user and password
 * @param nowMs the time in milliseconds since the epoch
 * @throws ExchangeError for an expired refresh token
 * Source: https://github.com/Azure/acr/blob/main/docs/AAD-OAuth.md
 */
export function acrCredential(
  { identifier, user, password }: { identifier: string; user: string; password: string },
  nowMs: number,
): Credential {
  if (user !== ACR_TOKEN_USER) return { username: user, secret: password, expiresAt: null };
  const expiresAt = readExpiry(password);
  if (expiresAt !== null && expiresAt * 1000 <= nowMs) {
    const time = new Date(expiresAt * 1000).toISOString();
    throw new ExchangeError("refused", explain("acr-token-expired", { identifier, time }));
  }
  return { username: IDENTITY_TOKEN_USER, secret: password, expiresAt };
}

/** The `exp` of a JWT in epoch seconds (RFC 7519), or null for a text that is not a JWT, or has no such time. */
export function readExpiry(jwt: string): number | null {
  return epochSeconds(readClaims(jwt).exp);
}

/** The claims of a JWT, whose signature is not checked; none for a text that is not a JWT. */
export function readClaims(jwt: string): { readonly exp?: unknown; readonly tid?: unknown } {
  const claims = parseJson(Buffer.from(jwt.split(".")[1] ?? "", "base64url").toString("utf8"));
  return typeof claims === "object" && claims !== null ? claims : {};
}
