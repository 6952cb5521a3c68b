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
  "certificate-incomplete": {
    message: "<host> does not send the certificate of the authority<issuer> that signed its own",
    hint: "ask the registry's administrator to let the server send its intermediate certificates, too: clients do not fetch them",
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
  "certificate-no-names": {
    message: "the certificate of <host> has no subjectAltName; clients ignore its common name",
    hint: "ask the registry's administrator for a certificate with a subjectAltName",
  },
  "certificate-rejected": {
    message: "the certificate of <host> is not accepted (<error>)",
    hint: "ask the registry's administrator for a new certificate",
  },
  "certs-folder": {
    message: "the certificates for <host> in certs.d cannot be used: <cause>",
    hint: "correct the files: NAME.crt is an authority, NAME.cert a client certificate, and NAME.key its key",
  },
  "client-certificate": {
    message: "<host> requires a client certificate that it trusts (<alert>)",
    hint: "put certificate and key as client.cert and client.key into <folder>",
  },
  "tls-version": {
    message: "<host> and this machine have no version of TLS in common",
    hint: "ask the registry's administrator to offer TLS 1.2 or later, which clients require",
  },
  "tls-alert": {
    message: "<host> ended the TLS handshake with the alert <alert>",
    hint: "check the host name; if it is right, ask the registry's administrator which TLS settings or client certificate the server requires",
  },
  "trust-file": {
    message: "<variable> names <file>, which cannot be read",
    hint: "correct or unset <variable>: without that file the registry's certificate may not be trusted",
  },
  "no-tls": {
    message: "<host> does not answer with TLS",
    hint: "check the port; if the registry has no TLS, docker uses the saved login once its engine has <host> in insecure-registries (/etc/docker/daemon.json), podman once registries.conf says insecure = true for it",
  },
  "not-http": { message: "<host> does not answer with HTTP", hint: "check the port" },
  "answer-too-long": {
    message: "the answer of <host> is too long for a registry",
    hint: "check the host name and the port",
  },
  "proxy-login": {
    message: "cannot reach <host>: the proxy<proxy> does not accept the connection without a valid login (407)",
    hint: "put user and password into the proxy's address (https_proxy), or add <host> to no_proxy",
  },
  "proxy-address": {
    message: "cannot reach <host>: the proxy's address is not valid",
    hint: "check https_proxy: write % in a user or password as %25, and @ as %40",
  },
  "proxy-scheme": {
    message: "cannot reach <host>: the proxy<proxy> does not speak the protocol of its address",
    hint: "set https_proxy to the address of an HTTP or SOCKS5 proxy (http://, https:// or socks5://), or unset it",
  },
  "proxy-refuses": {
    message: "cannot reach <host>: the proxy<proxy> rejects the connection (<status>)",
    hint: "check https_proxy and no_proxy",
  },
  "proxy-unreachable": {
    message: "cannot reach <host>: the proxy<proxy> does not answer",
    hint: "check https_proxy, or add <host> to no_proxy",
  },
  "proxy-certificate": {
    message: "cannot reach <host>: TLS with the proxy<proxy> fails (<status>)",
    hint: "check https_proxy; for a private authority, install the certificate that signed the proxy's",
  },
  "connection-failed": {
    message: "the connection to <host> failed (<error>)",
    hint: "check the network, the proxy and the host name",
  },
} as const;
