import { coversImage } from "../../src/clients/kubernetes/pull-secret.ts";

/** A login as a program reads it from a file. */
export interface ReadLogin {
  readonly username: string;
  readonly password: string;
}

interface Entry {
  readonly username?: string;
  readonly password?: string;
  readonly auth?: string;
}

/**
 * Reads docker's config.json as kubelet does: `auth` wins over the plain fields, `identitytoken` does not exist, and one `auth`
 * that cannot be decoded makes the whole file unreadable.
 * @returns the logins that it tries for an image, in any order
 * Source: kubernetes `pkg/credentialprovider/config.go` (UnmarshalJSON, decodeDockerConfigFieldAuth)
 */
export function readAsKubelet(text: string, image: string): ReadLogin[] {
  const { auths } = JSON.parse(text) as { readonly auths: Readonly<Record<string, Entry>> };
  const entries = Object.entries(auths).map(([key, entry]) => ({ key, login: decode(entry) }));
  return entries.filter(({ key }) => coversImage(key, image)).map(({ login }) => login);
}

/**
 * Reads ENVBUILDER_DOCKER_CONFIG_BASE64 as envbuilder does, and looks a host up as kaniko does: Go's strict base64, then docker's
 * config.json, where Docker Hub is an address.
 * Sources: coder/envbuilder `initDockerConfigOverride`; go-containerregistry `pkg/authn/keychain.go` (DefaultAuthKey)
 */
export function readAsEnvbuilder(value: string, host: string): ReadLogin | null {
  const line = value.replace(/[\r\n]/g, "");
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(line)) throw new Error("illegal base64");
  const { auths } = JSON.parse(Buffer.from(line, "base64").toString("utf8")) as { auths: Record<string, Entry> };
  const key = host === "docker.io" ? "https://index.docker.io/v1/" : host;
  const entry = auths[key];
  return entry === undefined ? null : decode(entry);
}

/**
 * Reads DOCKER_AUTH_CONFIG as docker does, which rejects every field that it does not know.
 * Source: docker/cli `cli/config/configfile` (parseEnvConfig, DisallowUnknownFields)
 */
export function readAsDockerVariable(value: string, key: string): ReadLogin | null {
  const { auths, ...others } = JSON.parse(value) as { auths: Record<string, Entry> };
  const unknown = [...Object.keys(others), ...Object.values(auths).flatMap((entry) => Object.keys(entry))];
  if (unknown.some((name) => name !== "auth")) throw new Error("unknown field");
  const entry = auths[key];
  return entry === undefined ? null : decode(entry);
}

/** What containerd sends to a host, as k3s configures it. Source: k3s `pkg/agent/containerd`; containerd `docs/cri/registry.md` */
export function readAsK3s(text: string, endpoint: string): ReadLogin | null {
  const { configs } = JSON.parse(text) as { configs: Record<string, { auth: ReadLogin }> };
  const auth = configs[endpoint]?.auth;
  return auth === undefined ? null : { username: auth.username, password: auth.password };
}

function decode({ username = "", password = "", auth = "" }: Entry): ReadLogin {
  if (auth === "") return { username, password };
  const decoded = Buffer.from(auth, "base64");
  if (decoded.toString("base64").replace(/=+$/, "") !== auth.replace(/=+$/, "")) throw new Error("illegal base64");
  const text = decoded.toString("utf8");
  const at = text.indexOf(":");
  if (at === -1) throw new Error("unable to parse auth field");
  return { username: text.slice(0, at), password: text.slice(at + 1) };
}
