/** What can be wrong between here and a registry. */
export const network = {
  "host-unknown": {
    message: "the host name is unknown",
    hint: "check the spelling of the server, and the container's DNS",
  },
  "host-lookup": {
    message: "the host name could not be looked up",
    hint: "check the container's network and DNS",
  },
  "connection-refused": {
    message: "nothing listens there (connection refused)",
    hint: "check the port, and that the registry runs",
  },
  "connection-cut": {
    message: "the connection was cut",
    hint: "check the proxy or firewall between here and the registry",
  },
  "no-route": { message: "there is no way to the host", hint: "check the network, VPN and proxy" },
  "no-answer": {
    message: "no answer within <seconds> s",
    hint: "check the network and the proxy, or give it more time with the option timeout",
  },
  "certificate-authority": {
    message: "its certificate is signed by an authority that this container does not trust<issuer>",
    hint: "put the authority's certificate (PEM) into /usr/local/share/ca-certificates/NAME.crt and run update-ca-certificates; on Fedora into /etc/pki/ca-trust/source/anchors, and update-ca-trust",
  },
  "certificate-expired": {
    message: "its certificate has expired",
    hint: "ask the registry's administrator, and check the clock",
  },
  "certificate-early": {
    message: "its certificate is not valid yet",
    hint: "check the clock of this machine",
  },
  "certificate-name": { message: "its certificate is for another name", hint: "check the spelling of the server" },
  "trust-file": {
    message: "<variable> names a file that cannot be read",
    hint: "mend or unset <variable>: without that file the registry's certificate may not be trusted",
  },
  "no-tls": {
    message: "it does not answer with TLS",
    hint: "check the port; a registry without TLS can only be used on this machine itself",
  },
  "not-http": { message: "it does not answer with HTTP", hint: "check the port" },
  "answer-too-long": {
    message: "its answer is too long for a registry's",
    hint: "check the host name and the port",
  },
  "proxy-login": {
    message: "the proxy asks for a login (407)",
    hint: "put user and password into the proxy's address (https_proxy), or the host into no_proxy",
  },
  "proxy-address": {
    message: "the proxy's address is not valid",
    hint: "check https_proxy: write % in a user or password as %25, @ as %40",
  },
  "proxy-scheme": {
    message: "the proxy is not one for http",
    hint: "set https_proxy to an http proxy, or unset the variable (all_proxy?) that names it",
  },
  "proxy-refuses": {
    message: "the proxy does not let the connection through",
    hint: "check https_proxy and no_proxy",
  },
  "proxy-unreachable": {
    message: "the proxy cannot be reached",
    hint: "check https_proxy, or put the registry's host into no_proxy",
  },
  "connection-failed": {
    message: "the connection failed (<error>)",
    hint: "check the network, the proxy and the server's name",
  },
} as const;
