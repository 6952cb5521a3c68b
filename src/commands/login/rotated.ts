import type { Discovery } from "../../discovery/request.ts";
import type { Store } from "../../store/store.ts";

/**
 * What the secrets file of a codespace says about hosts that are logged in. What the environment of a client says counts
 * for nothing: it may be older, and a host without a login may have been logged out.
 */
export function rotatedOnly(discovery: Discovery, { registrations }: Store): Discovery {
  const known = new Set(registrations.map(({ host }) => host));
  const isInFile = (identifier: string): boolean => discovery.codespacesIdentifiers?.has(identifier) === true;
  return {
    requests: discovery.requests.filter(
      ({ identifier, source, registry }) =>
        source !== "environment" && isInFile(identifier) && known.has(registry.host),
    ),
    rejected: discovery.rejected.filter(
      ({ identifier, host }) => isInFile(identifier) && host !== null && known.has(host),
    ),
    skipped: [],
    rivals: [],
    codespacesIdentifiers: discovery.codespacesIdentifiers,
  };
}
