/** What can be wrong between this machine and a registry. */
export const network = {
  "host-unknown": {
    message: "host name not found (DNS): <host>",
    hint: "check the spelling of the server, and DNS",
  },
  "host-lookup": {
    message: "the DNS lookup of <host> failed",
    hint: "check the network and DNS",
  },
  "connection-refused": {
    message: "connection refused by <host>",
    hint: "check the port, and that the registry is running",
  },
  "connection-cut": {
    message: "the connection to <host> was closed before it answered",
    hint: "check the proxy or firewall between this machine and <host>",
  },
  "no-route": { message: "cannot reach <host> (<error>)", hint: "check the network, VPN and proxy" },
  "no-answer": {
    message: "no answer from <host> within <seconds> s",
    hint: "check the network and the proxy, or allow more time with the option timeout",
  },
  "certificate-authority": {
    message: "the certificate of <host> is signed by an authority that is not trusted here<issuer>",
    hint: "put the authority's certificate (PEM) into /usr/local/share/ca-certificates/NAME.crt and run update-ca-certificates; on Fedora into /etc/pki/ca-trust/source/anchors, and run update-ca-trust",
  },
  "certificate-expired": {
    message: "the certificate of <host> has expired",
    hint: "check the clock of this machine; if it is right, contact the registry's administrator",
  },
  "certificate-early": {
    message: "the certificate of <host> is not valid yet",
    hint: "check the clock of this machine",
  },
  "certificate-name": {
    message: "the certificate does not match the host name <host>",
    hint: "check the spelling of the server",
  },
  "trust-file": {
    message: "<variable> names <file>, which cannot be read",
    hint: "correct or unset <variable>: without that file the registry's certificate may not be trusted",
  },
  "no-tls": {
    message: "<host> does not answer with TLS",
    hint: "check the port; a registry without TLS works only on this machine itself",
  },
  "not-http": { message: "<host> does not answer with HTTP", hint: "check the port" },
  "answer-too-long": {
    message: "the answer of <host> is too long for a registry",
    hint: "check the host name and the port",
  },
  "proxy-login": {
    message: "cannot reach <host>: the proxy requires a login (407)",
    hint: "put user and password into the proxy's address (https_proxy), or add <host> to no_proxy",
  },
  "proxy-address": {
    message: "cannot reach <host>: the proxy's address is not valid",
    hint: "check https_proxy: write % in a user or password as %25, and @ as %40",
  },
  "proxy-scheme": {
    message: "cannot reach <host>: the proxy is not an HTTP proxy",
    hint: "set https_proxy to an HTTP proxy, or unset it",
  },
  "proxy-refuses": {
    message: "cannot reach <host>: the proxy rejects the connection",
    hint: "check https_proxy and no_proxy",
  },
  "proxy-unreachable": {
    message: "cannot reach <host>: the proxy does not answer",
    hint: "check https_proxy, or add <host> to no_proxy",
  },
  "connection-failed": {
    message: "the connection to <host> failed (<error>)",
    hint: "check the network, the proxy and the host name",
  },
} as const;
