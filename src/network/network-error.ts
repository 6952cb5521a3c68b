import { type Explanation, explain } from "../findings/finding.ts";

/** An error of Node's http, tls, dns or net, or one of our own client's: all of them have a code. */
export interface NetworkError extends Error {
  readonly code: string;
}

/** Is this a network error? One without a code is a bug of ours. */
export function isNetworkError(error: unknown): error is NetworkError {
  return error instanceof Error && typeof (error as NodeJS.ErrnoException).code === "string";
}

/**
 * The finding for a network error.
 * @param error its message is not used, since it may quote a request
 * @param host `host[:port]` that was to be reached
 */
export function describeNetworkError({ code }: Pick<NetworkError, "code">, host: string): Explanation {
  const known = KNOWN.find(([pattern]) => pattern.test(code))?.[1];
  if (known === undefined) return explain("connection-failed", { host, error: code });
  if (known === "certificate-authority") return explain(known, { host, issuer: "" });
  return known === "no-route" ? explain(known, { host, error: code }) : explain(known, { host });
}

const KNOWN = [
  [/^ENOTFOUND$/, "host-unknown"],
  [/^EAI_AGAIN$/, "host-lookup"],
  [/^ECONNREFUSED$/, "connection-refused"],
  [/^(ECONNRESET|EPIPE)$/, "connection-cut"],
  [/^(ETIMEDOUT|ENETUNREACH|EHOSTUNREACH)$/, "no-route"],
  [/^(UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO)/, "certificate-authority"],
  [/^CERT_HAS_EXPIRED$/, "certificate-expired"],
  [/^CERT_NOT_YET_VALID$/, "certificate-early"],
  [/^ERR_TLS_CERT_ALTNAME_INVALID$/, "certificate-name"],
  [/^(EPROTO|ERR_SSL_)/, "no-tls"],
  [/^(ERR_ANSWER_TOO_LONG|HPE_HEADER_OVERFLOW)$/, "answer-too-long"],
  [/^ERR_PROXY_407$/, "proxy-login"],
  [/^ERR_PROXY_SCHEME$/, "proxy-scheme"],
  [/^ERR_PROXY_ADDRESS$/, "proxy-address"],
  [/^ERR_PROXY_UNREACHABLE$/, "proxy-unreachable"],
  [/^ERR_PROXY_/, "proxy-refuses"],
  [/^(HPE_|ERR_PROTOCOL_SWITCHED$|ERR_INVALID_STATUS$)/, "not-http"],
] as const;

/** Is this an error about the server's certificate? Then the server does speak TLS. */
export function isCertificateError(error: unknown): boolean {
  return /^(?:UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|CERT_|ERR_TLS_CERT)/.test((error as NodeJS.ErrnoException).code ?? "");
}
