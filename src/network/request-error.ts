import type { NetworkError } from "./network-error.ts";

/** Who was asked: the registry, the token service that it names, or AWS. */
export type Role = "registry" | "token-service" | "aws";

/** A request that got no response. Its message is empty, since the one of its cause may quote the request. */
export class RequestError extends Error {
  /** Whom the request was sent to. */
  readonly role: Role;
  /** `host[:port]` that the request was sent to. */
  readonly host: string;
  /** The code of Node's error, like ECONNREFUSED. */
  readonly code: string;
  readonly reason: NetworkError;

  constructor(role: Role, host: string, reason: NetworkError) {
    super("", { cause: reason });
    this.name = "RequestError";
    this.role = role;
    this.host = host;
    this.code = reason.code;
    this.reason = reason;
  }
}
