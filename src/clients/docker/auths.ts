import { sha256 } from "../../platform/crypto.ts";

/** The logins of docker's config.json by their keys, as they stand there. */
export type Auths = Readonly<Record<string, unknown>>;

/** What of `auths` is ours. */
export interface OwnAuths {
  /** Key -> the `auth` value (base64 of user:password) of the login that is wanted for it, where it is known. */
  readonly own: ReadonlyMap<string, string>;
  /** Key -> sha256 of the `auth` values that earlier runs wrote. */
  readonly former: ReadonlyMap<string, ReadonlySet<string>>;
}

interface AuthValue {
  readonly auth?: unknown;
}

/** What `docker login` leaves behind of a login: a value without these is an empty mark. */
const LOGIN_FIELDS = ["auth", "identitytoken", "registrytoken", "username", "password"];

/** What our bookkeeping remembers of an `auth` value. */
export function fingerprint(auth: string): string {
  return sha256(auth);
}

/** Fingerprints by key; a run that was killed may have left another one than the run before it. */
export function gatherAuths(
  rows: readonly { readonly auths?: Readonly<Record<string, string>> | undefined }[],
): Map<string, Set<string>> {
  const gathered = new Map<string, Set<string>>();
  for (const [key, print] of rows.flatMap(({ auths }) => Object.entries(auths ?? {}))) {
    gathered.set(key, (gathered.get(key) ?? new Set()).add(print));
  }
  return gathered;
}

/** The value of a key; an empty one where there is none. */
export function entryOf(auths: Auths, key: string): AuthValue {
  return (Object.hasOwn(auths, key) ? (auths[key] as object | null) : null) ?? {};
}

/** Did an earlier run write what stands under this key now? */
export function isFormer(auths: Auths, key: string, { former }: OwnAuths): boolean {
  const { auth } = entryOf(auths, key);
  return typeof auth === "string" && former.get(key)?.has(fingerprint(auth)) === true;
}

/**
 * Does another login than ours stand in `auths` that clients use for this key? Beside the key itself they take what old
 * versions of docker wrote for the same host, with a scheme or a path.
 * Source: docker/cli `credentials.ConvertToHostname`
 */
export function hasOtherLogin(auths: Auths, key: string, ours: OwnAuths): boolean {
  return Object.keys(auths).some((name) => {
    if (hostOf(name) !== hostOf(key) || /\/(access|refresh)-token$/.test(name)) return false;
    const value = entryOf(auths, name);
    const isOwn = value.auth !== undefined && value.auth === ours.own.get(key);
    return LOGIN_FIELDS.some((field) => field in value) && !isOwn && !isFormer(auths, name, ours);
  });
}

function hostOf(key: string): string {
  const [host = ""] = key.replace(/^https?:\/\//, "").split("/");
  return ["index.docker.io", "registry-1.docker.io"].includes(host) ? "docker.io" : host;
}
