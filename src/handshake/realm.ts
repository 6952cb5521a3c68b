import { cause } from "../findings/cause.ts";
import { hostName, isInternalAddress, isLoopback } from "../registries/address.ts";

/**
 * Checks whether a credential may be sent to the token service that a registry names.
 *
 * Only over https, unless the registry itself is reached over http; and not to an address of this machine or network,
 * unless the registry has one too: a hostile registry must not direct a credential to a metadata service.
 * @param realm the realm of a Bearer challenge
 * @param registry the URL at which the registry answered
 * @returns the service's URL, or the reason against it
 * Source: https://distribution.github.io/distribution/spec/auth/token/, google/go-containerregistry issue 2258.
 */
export function checkRealm(realm: string | undefined, registry: URL): URL | string {
  if (realm === undefined || realm === "") return cause("realm-missing");
  let url: URL;
  try {
    url = new URL(realm);
  } catch {
    return cause("realm-invalid");
  }
  if (url.protocol !== "https:" && url.protocol !== "http:") return cause("realm-scheme");
  if (url.username !== "" || url.password !== "") return cause("realm-user");
  const name = hostName(url.host);
  // Without TLS only if the registry has none either, and only on this machine.
  if (url.protocol === "http:" && (registry.protocol !== "http:" || !isLoopback(name))) {
    return cause("realm-unencrypted", { address: url.host });
  }
  if (url.host !== registry.host && isInternalAddress(name)) {
    const own = hostName(registry.host);
    const allowed = isLoopback(name) ? isLoopback(own) : isInternalAddress(own) && !isLoopback(own);
    if (!allowed) return cause("realm-internal", { address: url.host });
  }
  return url;
}

/**
 * May a token service answer from this address? A public registry must not direct us, by a host name of its choice, to a
 * service that only this machine or this network can reach. A registry inside the network may name services inside it.
 * @param address the IP address that the service's name resolved to
 * @param registry the registry's own IP address, null behind a proxy
 */
export function mayAnswerAt(address: string, registry: string | null): boolean {
  if (!isInternalAddress(address)) return true;
  return registry !== null && (isLoopback(address) ? isLoopback : isInternalAddress)(registry);
}
