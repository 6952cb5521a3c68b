/** docker's key of Docker Hub, which stands for no host. */
const HUB_KEY = "https://index.docker.io/v1/";

/** Names of Docker Hub to podman, next to `index.docker.io`. */
const HUB_NAMES = new Set(["docker.io", "registry-1.docker.io"]);

/**
 * The host of a key in `auths`, as docker reads it: old versions wrote an address with a scheme and a path. No key but its
 * own stands for Docker Hub.
 * Source: docker/cli `credentials.ConvertToHostname`
 */
export function dockerHostOf(key: string): string {
  const address = /^[A-Za-z][A-Za-z0-9+.-]*:\/\/(?:[^/?#]*@)?([^/?#@]+)/.exec(key)?.[1];
  return address ?? key.replace(/\/.*$/s, "");
}

/**
 * The host of a key in `auths`, as podman, skopeo and buildah read it where no key fits exactly: that of an address, and all
 * names of Docker Hub are one. A key with a path and without a scheme stands for that part of a registry alone.
 * @param isOld whether it is in ~/.dockercfg, where no key stands for a part
 * Source: containers/image `normalizeAuthFileKey`
 */
export function podmanHostOf(key: string, isOld = false): string {
  const bare = key.replace(/^http:\/\//, "").replace(/^https:\/\//, "");
  const host = isOld || bare !== key ? bare.replace(/\/.*$/s, "") : bare;
  return HUB_NAMES.has(host) ? "index.docker.io" : host;
}

/**
 * Whether clients that look for a key in `auths` find this one, where no key fits exactly. A person who is logged in to
 * Docker Hub is also meant under the name of it that clients treat as a different host.
 */
export function isFoundFor(key: string, name: string): boolean {
  if (name === key) return true;
  if (key === HUB_KEY) return false;
  if (key === "registry.hub.docker.com" && podmanHostOf(name) === "index.docker.io") return true;
  return dockerHostOf(name) === key || podmanHostOf(name) === podmanHostOf(key);
}
