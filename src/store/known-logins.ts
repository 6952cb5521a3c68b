import { tokenName } from "../exchange/aws-identity.ts";
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

/** Every secret in the store, for a redactor. */
export function savedSecrets(store: Store): { user: string; password: string }[] {
  return store.entries().flatMap(({ entry: { username, secret, aws }, storage }) => {
    const { accessKeyId = "", secretAccessKey = "", sessionToken = null } = aws?.keys ?? {};
    const token = aws === null ? undefined : store.tokens(storage)?.read(tokenName(aws))?.secret;
    return [
      { user: username, password: secret },
      { user: username, password: token ?? "" },
      { user: accessKeyId, password: secretAccessKey },
      { user: accessKeyId, password: sessionToken ?? "" },
    ].filter(({ password }) => password !== "");
  });
}
