import { jsonText } from "../../printable.ts";
import { authsOf } from "./docker.ts";
import type { ExportedLogin } from "./exported-login.ts";

/**
 * An auth.json for podman, skopeo and buildah (`--authfile`, REGISTRY_AUTH_FILE), which know Docker Hub as docker.io.
 * Source: https://github.com/containers/image/blob/main/docs/containers-auth.json.5.md
 */
export function podmanAuthFile(logins: readonly ExportedLogin[]): string {
  return jsonText({ auths: authsOf(logins, ({ registry }) => registry.host) });
}
