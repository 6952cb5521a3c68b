import { type Earlier, vaultsOf } from "./store.ts";
import { type Entry, type Found, findEntry } from "./vault.ts";

/** The logins that persons made themselves with `docker login`, by host; see {@link isHost}. */
export function storedLogins(earlier: Earlier): Found[] {
  const vaults = vaultsOf(earlier);
  const hosts = vaults.flatMap((vault) => vault.list("stored").map(({ host }) => host)).filter(isHost);
  return [...new Set(hosts)]
    .sort()
    .map((host) => findEntry(vaults, host))
    .filter((found) => found !== null);
}

/** Every host that there is a login to, made or failed, in order. */
export function loginHosts(earlier: Earlier): string[] {
  const hosts = [...earlier.state.registered, ...storedLogins(earlier).map(({ entry }) => entry)].map(
    ({ host }) => host,
  );
  return [...new Set(hosts)].sort();
}

/** docker's own tokens lie on the stored shelf too, under names that are no host. */
export function isHost(name: string): boolean {
  return !name.includes("+");
}

/** The secrets that lie in the vaults, for a redactor. */
export function keptSecrets(earlier: Earlier): { user: string; password: string }[] {
  const entries = vaultsOf(earlier).flatMap((vault) => [...vault.list("stored"), ...vault.list("discovered")]);
  return entries.flatMap(secretsOf);
}

function secretsOf({ username, secret, aws }: Entry): { user: string; password: string }[] {
  const { accessKeyId = "", secretAccessKey = "", sessionToken = null } = aws?.keys ?? {};
  return [
    { user: username, password: secret },
    { user: accessKeyId, password: secretAccessKey },
    { user: accessKeyId, password: sessionToken ?? "" },
  ].filter(({ password }) => password !== "");
}
