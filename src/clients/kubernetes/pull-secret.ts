/** The type of a Secret with which kubelet pulls. */
export const SECRET_TYPE = "kubernetes.io/dockerconfigjson";

/** The name of the Secret that we write, unless a person names it. */
export const SECRET_NAME = "registry-login";

/** The value of the label `app.kubernetes.io/managed-by` of the Secrets that we write. */
export const MANAGED_BY = "registry-login";

/** The annotation with the time at which the first login of a Secret expires. */
export const VALID_UNTIL = "registry-login.github.io/valid-until";

/**
 * Does kubelet use the entry of a pull secret for an image? Hosts may hold wild cards for each label, ports must be equal,
 * and a path is a prefix; the versions of Docker's API are no path, and Docker Hub has several names.
 * @param key a key of `auths`
 * @param image with its host, as `ghcr.io/acme/app`
 * Source: kubernetes `pkg/credentialprovider/keyring.go` (Add, URLsMatch, Lookup)
 */
export function coversImage(key: string, image: string): boolean {
  const entry = split(key.replace(/^https?:\/\//, ""));
  const target = split(image);
  const path = entry.path.replace(/^\/v[12](?=\/)/, "").replace(/^\/$/, "");
  if (entry.host === "index.docker.io" && path === "" && isDockerHub(target.host)) return true;
  const [labels, others] = [labelsOf(entry.host), labelsOf(target.host)];
  return (
    labels.port === others.port &&
    labels.names.length === others.names.length &&
    target.path.startsWith(path) &&
    labels.names.every((label, i) => matchesLabel(label, others.names[i] ?? ""))
  );
}

function split(address: string): { host: string; path: string } {
  const slash = address.indexOf("/");
  return slash === -1 ? { host: address, path: "" } : { host: address.slice(0, slash), path: address.slice(slash) };
}

function labelsOf(host: string): { names: string[]; port: string } {
  const [, name = host, port = ""] = /^(.*):([0-9]+)$/.exec(host) ?? [];
  return { names: name.split("."), port };
}

/** Source: Go's path/filepath.Match, of which host names can hold `*` and `?`. */
function matchesLabel(label: string, name: string): boolean {
  const pattern = label
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${pattern}$`).test(name);
}

function isDockerHub(host: string): boolean {
  return host === "docker.io" || host === "index.docker.io";
}
