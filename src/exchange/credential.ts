import type { LoginRequest } from "../discovery/request.ts";
import { UserError } from "../user-error.ts";

/** What a registry client presents. `expiresAt` is in epoch seconds, null where the credential does not say. */
export interface Credential {
  readonly username: string;
  readonly secret: string;
  readonly expiresAt: number | null;
}

/**
 * Turns the secrets of a request into the credential that its registry takes.
 * @throws UserError for a kind of registry whose credential this version cannot make.
 */
export function obtainCredential(request: LoginRequest): Credential {
  if (request.exchange !== null || request.user === null || request.password === null) {
    throw new UserError(
      "this version does not exchange AWS keys for a registry token yet",
      `until then put a ready token into ${request.identifier}_CONTAINER_REGISTRY_PASSWORD, with the user name AWS`,
    );
  }
  if (request.registry.kind === "npm") {
    throw new UserError("this version does not write .npmrc yet", "log npm in with a line in .npmrc until then");
  }
  return { username: request.user, secret: request.password, expiresAt: null };
}
