import { jsonText } from "../../printable.ts";
import type { ExportedLogin } from "./exported-login.ts";

/**
 * A registries.yaml for k3s and k3d: JSON, which is YAML too. containerd looks a login up by the host that it sends requests
 * to, which for Docker Hub is registry-1.docker.io.
 * Sources: https://docs.k3s.io/installation/private-registry; k3s `pkg/agent/containerd` (configForHost)
 */
export function k3sRegistries(logins: readonly ExportedLogin[]): string {
  const configs = logins.map(({ registry, username, secret, isIdentityToken }) => {
    const auth = isIdentityToken ? { identity_token: secret } : { username, password: secret };
    return [registry.endpoint, { auth }] as const;
  });
  return jsonText({ configs: Object.fromEntries(configs) });
}
