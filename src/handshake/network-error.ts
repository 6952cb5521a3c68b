import { type Explanation, explain } from "../findings/finding.ts";

/**
 * A network error in words: what happened, and what to check.
 * @param error an error of Node's http, tls, dns or net; its message is not used, since it may quote a request
 */
export function describeNetworkError(error: NodeJS.ErrnoException): Explanation {
  const code = error.code ?? error.name;
  const known = KNOWN.find(([pattern]) => pattern.test(code));
  if (known === undefined) return explain("connection-failed", { error: code });
  return known[1] === "certificate-authority" ? explain(known[1], { issuer: "" }) : explain(known[1]);
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
  [/^HPE_/, "not-http"],
] as const;

/** Did TLS work but for the certificate? Then the server does speak TLS. */
export function isCertificateError(error: unknown): boolean {
  return /^(?:UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|CERT_|ERR_TLS_CERT)/.test((error as NodeJS.ErrnoException).code ?? "");
}
