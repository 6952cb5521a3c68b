import { explain } from "../findings/finding.ts";
import { UserError } from "../findings/user-error.ts";
import type { RecognizeKind } from "./kind.ts";

/**
 * The keys under which clients look up Docker Hub: docker the first one, podman, skopeo and buildah the second one. All of
 * them use the others for images that are named so: `registry-1.docker.io/acme/app` is pulled with a login of its own.
 */
const DOCKER_HUB_KEYS: readonly string[] = [
  "https://index.docker.io/v1/",
  "docker.io",
  "registry-1.docker.io",
  "registry.hub.docker.com",
];

const ALIASES = new Set(["docker.io", "index.docker.io", "registry-1.docker.io", "registry.hub.docker.com"]);
const WEB_SITES = new Set(["hub.docker.com", "www.docker.com", "docker.com"]);

/**
 * Docker Hub by any of its registry names.
 * @throws UserError for its web site, and for the keys under which docker stores its own browser login.
 * Source: docker/cli `getAuthConfigKey`; https://docs.docker.com/docker-hub/
 */
export const dockerHub: RecognizeKind = ({ host, path }) => {
  if (WEB_SITES.has(host)) {
    throw new UserError(explain("hub-web-address", { host }));
  }
  if (!ALIASES.has(host)) return undefined;
  if (/^\/v1\/(access|refresh)-token\/?$/.test(path)) {
    throw new UserError(explain("hub-browser-key"));
  }
  return { kind: "docker-hub", host: "docker.io", keys: DOCKER_HUB_KEYS, endpoint: "registry-1.docker.io" };
};
