/** Names of Docker Hub in clients' config files, next to `docker.io`. */
const DOCKER_HUB = new Set(["index.docker.io", "registry-1.docker.io"]);

/**
 * The host of a key in `auths`. Old versions of docker wrote an address with a scheme and a path; Docker Hub has several
 * names.
 * Source: docker/cli `credentials.ConvertToHostname`
 */
export function hostOfKey(key: string): string {
  return canonicalHost(key.replace(/^https?:\/\//, "").replace(/\/.*$/s, ""));
}

/**
 * The registry of a key in `auths`, for which a person who logged in to Docker Hub under one of its names is logged in under
 * all of them, also under the one that clients treat as a different host.
 */
export function registryOfKey(key: string): string {
  const host = hostOfKey(key);
  return host === "registry.hub.docker.com" ? "docker.io" : host;
}

/**
 * The repository path that a key is for, as podman compares it: with its host, and without the API version.
 * Source: https://github.com/containers/image/blob/main/docs/containers-auth.json.5.md
 */
export function repositoryOfKey(key: string): string {
  const bare = key.replace(/^https?:\/\//, "");
  return canonicalHost(bare.replace(/\/v[12]\/?$/, "").replace(/\/$/, ""));
}

function canonicalHost(name: string): string {
  return DOCKER_HUB.has(name) ? "docker.io" : name;
}
