import { cause } from "../findings/cause.ts";
import { type Explanation, explain } from "../findings/finding.ts";

/** What an error says besides its code. All of it may be shown. */
export interface NetworkDetails {
  /** `host[:port]` of the proxy that the error is about. */
  readonly proxy?: string;
  /** Why the proxy rejected the connection: its status, or the reason of SOCKS5. */
  readonly status?: string;
  /** The alert with which a server ended the TLS handshake. */
  readonly alert?: string;
  /** The authority that signed the certificate that is not trusted; without it, its name could not be read. */
  readonly issuer?: string;
  /** The file of certs.d that cannot be read; without it, a certificate and a key there do not belong together. */
  readonly file?: string;
}

/** An error of Node's http, tls, dns or net, or one of our own client's: all of them have a code. */
export interface NetworkError extends Error, NetworkDetails {
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
export function describeNetworkError(error: Pick<NetworkError, "code"> & NetworkDetails, host: string): Explanation {
  const { code, status = "", alert = "", file } = error;
  const known = KNOWN.find(([pattern]) => pattern.test(code))?.[1] ?? "connection-failed";
  const proxy = error.proxy === undefined ? "" : ` ${error.proxy}`;
  const issuer = error.issuer ? ` (${error.issuer})` : "";
  return explain(known, {
    host,
    proxy,
    issuer,
    cause: file === undefined ? cause("certs-pair") : cause("certs-file", { file }),
    alert,
    error: code,
    status: status === "" ? code.replace(/^ERR_PROXY_/, "") : status,
    // Clients look them up by the host as it is written.
    folder: `/etc/docker/certs.d/${host} (docker) or /etc/containers/certs.d/${host} (podman)`,
  });
}

const KNOWN = [
  [/^ENOTFOUND$/, "host-unknown"],
  [/^EAI_AGAIN$/, "host-lookup"],
  [/^ECONNREFUSED$/, "connection-refused"],
  [/^(ECONNRESET|EPIPE)$/, "connection-cut"],
  [/^(ETIMEDOUT|ENETUNREACH|EHOSTUNREACH)$/, "no-route"],
  [/^ERR_CERT_INCOMPLETE$/, "certificate-incomplete"],
  [/^(UNABLE_TO_(GET_ISSUER|VERIFY_LEAF)|SELF_SIGNED|DEPTH_ZERO|CERT_UNTRUSTED$)/, "certificate-authority"],
  [/^CERT_HAS_EXPIRED$/, "certificate-expired"],
  [/^CERT_NOT_YET_VALID$/, "certificate-early"],
  [/^ERR_TLS_CERT_ALTNAME_INVALID$/, "certificate-name"],
  [/^ERR_CERT_NO_SAN$/, "certificate-no-names"],
  [/^(UNABLE_TO_|CERT_|CRL_|INVALID_|PATH_LENGTH|HOSTNAME_MISMATCH$|(EE_KEY|CA_KEY|CA_MD)_)/, "certificate-rejected"],
  [/^(ERR_TLS_NONE|EPROTO|ERR_SSL_WRONG_VERSION_NUMBER)$/, "no-tls"],
  [/^ERR_TLS_CLIENT_CERTIFICATE$/, "client-certificate"],
  [/^ERR_TLS_VERSION$/, "tls-version"],
  [/^ERR_TLS_ALERT$/, "tls-alert"],
  [/^ERR_CERTS_FOLDER$/, "certs-folder"],
  [/^(ERR_ANSWER_TOO_LONG|HPE_HEADER_OVERFLOW)$/, "answer-too-long"],
  [/^ERR_PROXY_407$/, "proxy-login"],
  [/^ERR_PROXY_SCHEME$/, "proxy-scheme"],
  [/^ERR_PROXY_ADDRESS$/, "proxy-address"],
  [/^ERR_PROXY_UNREACHABLE$/, "proxy-unreachable"],
  [/^ERR_PROXY_CERTIFICATE$/, "proxy-certificate"],
  [/^ERR_PROXY_/, "proxy-refuses"],
  [/^(HPE_|ERR_PROTOCOL_SWITCHED$|ERR_INVALID_STATUS$)/, "not-http"],
] as const;

/** Is the server's certificate signed by nobody that is trusted? */
export function isAuthorityError(error: unknown): boolean {
  return /^(?:UNABLE_TO_(?:GET_ISSUER|VERIFY_LEAF)|SELF_SIGNED|DEPTH_ZERO|CERT_UNTRUSTED$)/.test(codeOf(error));
}

/** Is this an error about a certificate, or an alert? Then it is not the server that has no TLS. */
export function speaksTls(error: unknown): boolean {
  const finding = KNOWN.find(([pattern]) => pattern.test(codeOf(error)))?.[1] ?? "";
  return /^(?:certificate-|client-certificate|certs-folder|tls-)/.test(finding);
}

/** Is this an error of the connection to the server, before anything was answered? */
export function isUnreachable(error: unknown): boolean {
  return /^(?:ENOTFOUND|EAI_AGAIN|ECONN(?:REFUSED|RESET)|EPIPE|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH)$/.test(
    codeOf(error),
  );
}

/** Does the host's name not resolve? */
export function isUnknownHost(error: unknown): boolean {
  return /^(?:ENOTFOUND|EAI_AGAIN)$/.test(codeOf(error));
}

function codeOf(error: unknown): string {
  return (error as Partial<NodeJS.ErrnoException>).code ?? "";
}
