/** What keeps the engine, which pulls for docker, from a registry that registry-login reaches; and what keeps docker from the engine. */
export const engine = {
  "engine-not-permitted": {
    message: "this user may not use docker's engine: no permission for <socket>",
    hint: 'give this user the group that owns the socket (<group>), in a dev container with "runArgs": ["--group-add=GROUP"], or use sudo docker with the option root',
  },
  "engine-root-only": {
    message:
      "only root may use docker's engine (no permission for <socket>), and root is not logged in to <host>: sudo docker does not use this user's logins",
    hint: "run registry-login --root, or set the option root",
  },
  "engine-down": {
    message: "docker's engine does not answer at <socket> (<error>)",
    hint: "start the engine, or correct <setting>, which names this socket",
  },
  "engine-not-docker": {
    message: "<socket> is not the socket of a docker engine",
    hint: "start docker on the machine that the socket belongs to; a dev container that mounts it has to be created again",
  },
  "engine-address": {
    message: "docker cannot use the engine that <setting> names",
    hint: "correct or remove <setting>; docker context ls shows what docker knows",
  },
  "engine-remote": {
    message:
      "docker uses an engine at <address>; this doctor did not check whether that engine resolves, reaches and trusts the registries",
    hint: "run docker pull to see what that engine reports",
  },
  "engine-socket-of-another": {
    message: "another user could replace docker's engine at <socket>, so no login was sent to it",
    hint: "use a socket of root or of this user, in folders that others cannot write to",
  },
  "engine-host-unknown": {
    message: "docker's engine cannot resolve <host>, although registry-login can",
    hint: "correct the DNS of the machine that the engine runs on (its /etc/resolv.conf, VPN or /etc/hosts); dns in daemon.json is only for containers",
  },
  "engine-unreachable": {
    message: "docker's engine cannot reach <host>, although registry-login can (<error>)",
    hint: "check route, firewall and VPN of the machine that the engine runs on (localhost is that machine); if it needs a proxy, set proxies in its /etc/docker/daemon.json, or HTTPS_PROXY in /etc/systemd/system/docker.service.d/proxy.conf, and restart the engine",
  },
  "engine-no-answer": {
    message: "docker's engine gets no answer from <host> within <seconds> s, although registry-login does",
    hint: "check route, firewall, VPN and proxy of the machine that the engine runs on, or allow more time with the option timeout",
  },
  "engine-proxy": {
    message: "docker's engine cannot reach <host> through its proxy",
    hint: "correct the engine's own proxy (proxies in /etc/docker/daemon.json, or HTTPS_PROXY and NO_PROXY in /etc/systemd/system/docker.service.d) on the machine that it runs on, and restart the engine",
  },
  "engine-certificate-authority": {
    message: "docker's engine does not trust the authority that signed the certificate of <host>",
    hint: "put the authority's certificate (PEM) into /etc/docker/certs.d/<host>/ca.crt on the machine that the engine runs on; a restart is not needed",
  },
  "engine-certificate": {
    message: "docker's engine rejects the certificate of <host>, although registry-login accepts it",
    hint: "check the clock of the machine that the engine runs on, and that <host> leads to the same server there",
  },
  "engine-no-tls": {
    message: "the server that docker's engine reaches as <host> does not answer with TLS",
    hint: "check that <host> leads to the same server on the machine that the engine runs on; for a registry without TLS, add <host> to insecure-registries in its /etc/docker/daemon.json and restart the engine",
  },
  "engine-refused": {
    message:
      "<host> rejects the login when docker's engine sends it, although it accepts the same login from registry-login",
    hint: "check the IP rules of the registry, the mirrors and the proxy of the engine (docker info), and that <host> leads to the same server on the machine that it runs on",
  },
  "engine-unclear": {
    message: "docker's engine could not check <host>: <answer>",
    hint: "run docker pull to see what the engine reports",
  },
} as const;
