import { authValue } from "../../clients/docker/auths.ts";
import { MANAGED_BY, SECRET_TYPE, VALID_UNTIL } from "../../clients/kubernetes/pull-secret.ts";
import { jsonText } from "../../printable.ts";
import { dockerKey, type ExportedLogin, firstExpiry } from "./exported-login.ts";
import { rejectIdentityTokens } from "./identity-token.ts";

/** Which objects of a cluster an export makes. */
export interface SecretOptions {
  readonly name: string;
  /** null: the one of kubectl's context. */
  readonly namespace: string | null;
  /** The service account whose pods get the Secret; null for none. */
  readonly serviceAccount: string | null;
}

/**
 * A Secret with which kubelet pulls, as `kubectl create secret docker-registry` would make it; with a service account, a list
 * of both. kubelet ignores identity tokens, and one entry that it cannot decode hides all others.
 * @throws UserError for an identity token
 * Sources: https://kubernetes.io/docs/concepts/containers/images/; kubernetes `pkg/credentialprovider/config.go`
 */
export function kubernetesSecret(logins: readonly ExportedLogin[], options: SecretOptions): string {
  rejectIdentityTokens(logins, "kubernetes");
  const { name, namespace, serviceAccount } = options;
  const place = namespace === null ? {} : { namespace };
  const expiry = firstExpiry(logins);
  const validUntil = expiry === null ? null : new Date(expiry * 1000).toISOString();
  const auths = Object.fromEntries(
    logins.map(({ registry, username, secret }) => [
      dockerKey(registry),
      { username, password: secret, auth: authValue(username, secret) },
    ]),
  );
  const secret = {
    apiVersion: "v1",
    kind: "Secret",
    metadata: {
      name,
      ...place,
      labels: { "app.kubernetes.io/managed-by": MANAGED_BY },
      ...(validUntil === null ? {} : { annotations: { [VALID_UNTIL]: validUntil } }),
    },
    type: SECRET_TYPE,
    data: { ".dockerconfigjson": Buffer.from(JSON.stringify({ auths })).toString("base64") },
  };
  if (serviceAccount === null) return jsonText(secret);
  const account = {
    apiVersion: "v1",
    kind: "ServiceAccount",
    metadata: { name: serviceAccount, ...place },
    imagePullSecrets: [{ name }],
  };
  return jsonText({ apiVersion: "v1", kind: "List", items: [secret, account] });
}
