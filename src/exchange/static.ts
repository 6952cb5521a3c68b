import type { LoginRequest } from "../discovery/request.ts";
import { explain } from "../findings/finding.ts";
import { acrCredential } from "./acr.ts";
import { type Credential, ExchangeError } from "./credential.ts";
import { checkGoogleKey } from "./google.ts";

/**
 * The credential of a request whose secrets need no exchange.
 * @param nowMs the time in milliseconds since the epoch
 * @throws ExchangeError for secrets that cannot be right
 */
export function staticCredential(request: LoginRequest, nowMs: number): Credential {
  const { identifier, registry } = request;
  const [username, secret] = [request.user ?? "", request.password ?? ""];
  const login = { identifier, user: username, password: secret };
  if (registry.kind === "acr") return acrCredential(login, nowMs);
  if (registry.kind === "google") checkGoogleKey(login);
  if (registry.kind === "npm" && !/^[\w.~+/=-]+$/.test(secret)) {
    throw new ExchangeError("failed", explain("npm-token-form", { identifier }));
  }
  return { username, secret, expiresAt: null };
}
