import { hostName, isInternalAddress, isLoopback } from "../registries/address.ts";

/**
 * May a credential go to the token service that a registry names?
 *
 * Only over https, unless the registry itself is reached by http; and not to an address of this machine or network,
 * unless the registry is at one itself: a hostile registry must not point us at a metadata service.
 * @param realm the realm of a Bearer challenge
 * @param registry the URL at which the registry answered
 * @returns the service's URL, or the reason against it as the end of a sentence that starts with "the token service".
 * Source: https://distribution.github.io/distribution/spec/auth/token/, google/go-containerregistry issue 2258.
 */
export function checkRealm(realm: string | undefined, registry: URL): URL | string {
  if (realm === undefined || realm === "") return "has no address (the challenge lacks a realm)";
  let url: URL;
  try {
    url = new URL(realm);
  } catch {
    return "has no valid address";
  }
  if (url.protocol !== "https:" && url.protocol !== "http:") return "is not reached by https";
  if (url.username !== "" || url.password !== "") return "has a user name in its address";
  const name = hostName(url.host);
  // Unencrypted only for a registry that is so itself, and then not to another machine.
  if (url.protocol === "http:" && (registry.protocol !== "http:" || !isLoopback(name))) {
    return `${url.host} is not reached by https`;
  }
  if (url.host !== registry.host && isInternalAddress(name)) {
    const own = hostName(registry.host);
    const allowed = isLoopback(name) ? isLoopback(own) : isInternalAddress(own) && !isLoopback(own);
    if (!allowed) return atInternalAddress(url);
  }
  return url;
}

/** The reason against a token service inside of this network. */
export function atInternalAddress({ host }: URL): string {
  return `${host} is at an internal address, which the registry is not`;
}

/**
 * May a token service with a name of its own answer at this address? A public registry must not point us, by a name that
 * it chose, at what only this machine or this network can reach. Inside of a network its names are as good as addresses.
 * @param registry the registry's own address, null where only a proxy knows it
 */
export function mayAnswerAt(address: string, registry: string | null): boolean {
  if (!isInternalAddress(address)) return true;
  return registry !== null && (isLoopback(address) ? isLoopback : isInternalAddress)(registry);
}
