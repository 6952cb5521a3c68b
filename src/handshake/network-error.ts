/**
 * A network error in words: what happened, and what to check.
 * @param error an error of Node's http, tls, dns or net; its message is not used, since it may quote a request
 */
export function describeNetworkError(error: NodeJS.ErrnoException): { detail: string; hint: string } {
  const code = error.code ?? error.name;
  const known = KNOWN.find(([pattern]) => pattern.test(code));
  return known === undefined
    ? { detail: `the connection failed (${code})`, hint: "check the network, the proxy and the server's name" }
    : { detail: known[1], hint: known[2] };
}

const KNOWN: readonly (readonly [RegExp, string, string])[] = [
  [/^ENOTFOUND$/, "the host name is unknown", "check the spelling of the server, and the container's DNS"],
  [/^EAI_AGAIN$/, "the host name could not be looked up", "check the container's network and DNS"],
  [/^ECONNREFUSED$/, "nothing listens there (connection refused)", "check the port, and that the registry runs"],
  [/^(ECONNRESET|EPIPE)$/, "the connection was cut", "check the proxy or firewall between here and the registry"],
  [/^(ETIMEDOUT|ENETUNREACH|EHOSTUNREACH)$/, "there is no way to the host", "check the network, VPN and proxy"],
  [
    /^(UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO)/,
    "its certificate is signed by an authority that this container does not trust",
    "add the authority's certificate to the image's CA bundle (update-ca-certificates)",
  ],
  [/^CERT_HAS_EXPIRED$/, "its certificate has expired", "ask the registry's administrator, and check the clock"],
  [/^ERR_TLS_CERT_ALTNAME_INVALID$/, "its certificate is for another name", "check the spelling of the server"],
  [
    /^(EPROTO|ERR_SSL_)/,
    "it does not answer with TLS",
    "check the port; a registry without TLS can only be used on this machine itself",
  ],
  [/^ERR_ANSWER_TOO_LONG$/, "its answer is too long for a registry's", "check the host name and the port"],
  [
    /^ERR_PROXY_407$/,
    "the proxy asks for a login (407)",
    "put user and password into the proxy's address (https_proxy), or the host into no_proxy",
  ],
  [
    /^ERR_PROXY_ADDRESS$/,
    "the proxy's address is not valid",
    "check https_proxy: write % in a user or password as %25, @ as %40",
  ],
  [/^ERR_PROXY_/, "the proxy does not let the connection through", "check https_proxy and no_proxy"],
  [/^HPE_/, "it does not answer with HTTP", "check the port"],
];

/** Did TLS work but for the certificate? Then the server does speak TLS. */
export function isCertificateError(error: unknown): boolean {
  return /^(?:UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|CERT_|ERR_TLS_CERT)/.test((error as NodeJS.ErrnoException).code ?? "");
}
