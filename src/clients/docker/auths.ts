import { ACR_TOKEN_USER, IDENTITY_TOKEN_USER } from "../../exchange/acr.ts";
import { findEntry, fingerprint, type JournalEntry } from "../../store/journal.ts";
import type { AuthEntry } from "./config.ts";
import { isFoundFor } from "./config-key.ts";

/** The logins of docker's config.json by their keys, as they are in the file. */
export type Auths = Readonly<Record<string, AuthEntry>>;

/** Our own entries of `auths`. */
export interface OwnAuths {
  /** Key -> the {@link AuthText} of the login that is wanted for it, where it is known. */
  readonly current: ReadonlyMap<string, AuthText>;
  /** What earlier runs wrote into the file. */
  readonly former: readonly JournalEntry[];
}

/**
 * An entry of `auths` as one text: its `auth` (base64 of user:password), and after a line break its `identitytoken`. Empty:
 * the placeholder `{}`, by which docker knows that a credential store has a login.
 */
export type AuthText = string;

/** The fields of a login that `docker login` writes: a value without them is an empty placeholder. */
const LOGIN_FIELDS = ["auth", "identitytoken", "registrytoken", "username", "password"];

/** The value of a key; an empty one if the key is missing. */
export function entryOf(auths: Auths, key: string): AuthEntry {
  return (Object.hasOwn(auths, key) ? auths[key] : null) ?? {};
}

/** By which the journal knows the current value of this key; undefined where no earlier run wrote it. */
export function findOwnEntry(
  auths: Auths,
  key: string,
  { former }: Pick<OwnAuths, "former">,
): JournalEntry | undefined {
  const text = Object.hasOwn(auths, key) ? textOfEntry(entryOf(auths, key)) : null;
  return text === null ? undefined : findEntry(former, { key, sha256: fingerprint(text) });
}

/** Did an earlier run write the current value of this key? */
export function isOwnValue(auths: Auths, key: string, ours: Pick<OwnAuths, "former">): boolean {
  return findOwnEntry(auths, key, ours) !== undefined;
}

/**
 * Does `auths` hold a login other than ours that clients use for this key? They also accept the keys that old versions of
 * docker wrote for the host, with a scheme or a path.
 */
export function hasOtherLogin(auths: Auths, key: string, ours: OwnAuths): boolean {
  return Object.keys(auths).some((name) => {
    if (!isFoundFor(key, name) || /\/(access|refresh)-token$/.test(name)) return false;
    const value = entryOf(auths, name);
    const isCurrent = textOfEntry(value) === ours.current.get(key);
    return holdsLogin(value) && !isCurrent && !isOwnValue(auths, name, ours);
  });
}

/** Is this a login to any client? Some read base64 without its padding, which docker and podman reject. */
function holdsLogin({ auth = "", username, password, identitytoken, registrytoken }: AuthEntry): boolean {
  if (identitytoken !== undefined || registrytoken !== undefined) return true;
  if (username !== undefined && password !== undefined) return true;
  return /^[^:]+:./s.test(Buffer.from(auth, "base64").toString("utf8"));
}

/** What docker writes as `auth`: base64 of user and password. */
export function authValue(username: string, secret: string): string {
  return Buffer.from(`${username}:${secret}`).toString("base64");
}

/** The text of an entry; null for one that docker does not write in this form. */
export function textOfEntry(value: AuthEntry): AuthText | null {
  const { auth, identitytoken } = value;
  if (typeof identitytoken === "string") return `${typeof auth === "string" ? auth : ""}\n${identitytoken}`;
  if (typeof auth === "string") return auth;
  return LOGIN_FIELDS.some((field) => field in value) ? null : "";
}

/** The entry of a text, as docker writes it. */
export function entryOfText(text: AuthText): Readonly<Record<string, string>> {
  const [auth = "", identitytoken] = text.split("\n");
  if (identitytoken !== undefined) return { auth, identitytoken };
  return auth === "" ? {} : { auth };
}

/** The texts that an entry may have from which a client reads this login: its secret may be an identity token. */
export function textsOfLogin({ username, secret }: { username: string; secret: string }): AuthText[] {
  const user = username === IDENTITY_TOKEN_USER ? ACR_TOKEN_USER : username;
  return [authValue(user, secret), `${authValue(user, "")}\n${secret}`];
}
