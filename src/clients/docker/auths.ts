import { fingerprint } from "../../store/journal.ts";
import { hostOfKey } from "./config-key.ts";

/** The logins of docker's config.json by their keys, as they are in the file. */
export type Auths = Readonly<Record<string, unknown>>;

/** Our own entries of `auths`. */
export interface OwnAuths {
  /** Key -> the `auth` value (base64 of user:password) of the login that is wanted for it, where it is known. */
  readonly current: ReadonlyMap<string, string>;
  /** Key -> fingerprints of the `auth` values that earlier runs wrote. */
  readonly former: ReadonlyMap<string, ReadonlySet<string>>;
}

interface AuthValue {
  readonly auth?: unknown;
}

/** The fields of a login that `docker login` writes: a value without them is an empty placeholder. */
const LOGIN_FIELDS = ["auth", "identitytoken", "registrytoken", "username", "password"];

/** The value of a key; an empty one if the key is missing. */
export function entryOf(auths: Auths, key: string): AuthValue {
  return (Object.hasOwn(auths, key) ? (auths[key] as object | null) : null) ?? {};
}

/** Did an earlier run write the current value of this key? */
export function isOwnValue(auths: Auths, key: string, { former }: OwnAuths): boolean {
  const { auth } = entryOf(auths, key);
  return typeof auth === "string" && former.get(key)?.has(fingerprint(auth)) === true;
}

/**
 * Does `auths` hold a login other than ours that clients use for this key? They also accept the keys that old versions of
 * docker wrote for the host, with a scheme or a path.
 * Source: docker/cli `credentials.ConvertToHostname`
 */
export function hasOtherLogin(auths: Auths, key: string, ours: OwnAuths): boolean {
  return Object.keys(auths).some((name) => {
    if (hostOfKey(name) !== hostOfKey(key) || /\/(access|refresh)-token$/.test(name)) return false;
    const value = entryOf(auths, name);
    const isCurrent = value.auth !== undefined && value.auth === ours.current.get(key);
    return LOGIN_FIELDS.some((field) => field in value) && !isCurrent && !isOwnValue(auths, name, ours);
  });
}

/** What docker writes as `auth`: base64 of user and password. */
export function authValue(username: string, secret: string): string {
  return Buffer.from(`${username}:${secret}`).toString("base64");
}
