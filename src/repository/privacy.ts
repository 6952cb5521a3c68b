import type { Image } from "../registries/image.ts";
import type { Registry } from "../registries/registry.ts";

/** Whether a pull needs a login, as far as names tell. */
export type Privacy = "public" | "private" | "cannot-tell";

/** Registries whose images all are public, by their own documentation. */
const PUBLIC_HOSTS = new Set([
  "mcr.microsoft.com",
  "public.ecr.aws",
  "ecr-public.aws.com",
  "registry.k8s.io",
  "k8s.gcr.io",
  "registry.access.redhat.com",
  "registry.fedoraproject.org",
  "docker.elastic.co",
  "lscr.io",
  "mirror.gcr.io",
  "registry.opensuse.org",
]);

/** Public repositories of registries that also have private ones. */
const PUBLIC_PATHS: Readonly<Record<string, RegExp>> = {
  "docker.io": /^(?:library|docker|moby|tonistiigi|bitnami|grafana|prom|alpine|curlimages)\//,
  "ghcr.io":
    /^(?:devcontainers|devcontainers-contrib|devcontainers-extra|rocker-org|registry-login|astral-sh|hadolint)\//,
  "gcr.io": /^(?:distroless|google-containers|google\.com|google-appengine|cloudsql-docker|kaniko-project)\//,
  "cgr.dev": /^chainguard\//,
  "quay.io": /^(?:fedora|centos|centos7|jupyter|podman|buildah|prometheus|coreos|keycloak)\//,
};

/** Hosts at which public and private images are side by side, so that the host alone says nothing. */
const MIXED_HOSTS = new Set([
  "docker.io",
  "ghcr.io",
  "quay.io",
  "gcr.io",
  "nvcr.io",
  "cgr.dev",
  "registry.gitlab.com",
  "container-registry.oracle.com",
  "registry.redhat.io",
]);

/** Says of an image whether it is public, private, or cannot be told without asking the registry. */
export function privacyOf({ registry, repository }: Image): Privacy {
  return PUBLIC_PATHS[registry.host]?.test(repository) === true ? "public" : privacyOfHost(registry);
}

/** The same of a whole registry. */
export function privacyOfHost({ host, kind }: Registry): Privacy {
  if (PUBLIC_HOSTS.has(host)) return "public";
  return kind === "ecr" || kind === "acr" ? "private" : "cannot-tell";
}

/** Does a host of this kind usually belong to a company, and need a login? */
export function isLikelyPrivate({ host, kind, scheme }: Registry): boolean {
  return (
    !MIXED_HOSTS.has(host) && !PUBLIC_HOSTS.has(host) && scheme !== "loopback" && kind !== "npm" && kind !== "ghcr"
  );
}
