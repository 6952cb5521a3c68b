import { type Explanation, explain } from "../findings/finding.ts";
import { vaultOf } from "../store/state-file.ts";
import type { Store } from "../store/store.ts";

/** Why our helper has no credential for a host, according to the store; null where no login for the host is known. */
export function explainMissingLogin(store: Store, host: string): Explanation | null {
  const registration = store.registrations.find((each) => each.host === host);
  if (registration?.failure !== undefined) return registration.failure;
  if (registration === undefined || vaultOf(registration) === null) return null;
  const { identifier, storage } = registration;
  return store.problem ?? explain("vault-gone", { identifier, storage });
}
