import { secretsOfIdentity, tokenName } from "../exchange/identity.ts";
import { isAccessKeyId, looksLikeToken } from "../secrecy/tokens.ts";
import type { SavedLogin, Store } from "./store.ts";

/** The logins that persons made themselves with `docker login`, one per host, in order. */
export function storedLogins(store: Store): SavedLogin[] {
  const hosts = store.entries().flatMap(({ origin, entry }) => (origin === "stored" ? entry.host : []));
  return [...new Set(hosts.filter(isHost))].sort().flatMap((host) => store.find(host) ?? []);
}

/** Every host that there is a login for, successful or failed, in order. */
export function loginHosts(store: Store): string[] {
  const hosts = [...store.registrations, ...storedLogins(store).map(({ entry }) => entry)].map(({ host }) => host);
  return [...new Set(hosts)].sort();
}

/** docker saves two tokens of its own with our helper too, under names that no host can have. */
export function isHost(name: string): boolean {
  return !name.includes("+");
}

/** Every secret in the store, also one that was entered as the user; read when it is iterated. */
export function* savedSecrets(store: Store): Generator<string> {
  for (const { entry, storage } of store.entries()) {
    const { username, secret, identity } = entry;
    const isSwapped = looksLikeToken(username) || isAccessKeyId(secret);
    const token = identity === null ? undefined : store.tokens(storage)?.read(tokenName(identity))?.secret;
    const own = identity === null ? [] : secretsOfIdentity(identity);
    const secrets = [secret, isSwapped ? username : "", token, ...own];
    for (const each of secrets) if (each) yield each;
  }
}
