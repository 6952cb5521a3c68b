import type { NetworkError } from "./network-error.ts";

/** A request that got no response. Its message is empty, since the one of its cause may quote the request. */
export class RequestError extends Error {
  /** `host[:port]` that the request was sent to. */
  readonly host: string;
  /** The code of Node's error, like ECONNREFUSED. */
  readonly code: string;

  constructor(host: string, cause: NetworkError) {
    super("", { cause });
    this.name = "RequestError";
    this.host = host;
    this.code = cause.code;
  }
}
