import type { Explanation } from "../findings/finding.ts";
import { explainLostLogin } from "../findings/lost-login.ts";
import { vaultOf } from "../store/state.ts";
import type { Store } from "../store/store.ts";

/** Why our helper has no credential for a host, according to the store; null where there is no reason that it knows. */
export function explainMissingLogin(store: Store, host: string, isHost: boolean): Explanation | null {
  const registration = store.registrations.find((each) => each.host === host);
  if (registration?.failure !== undefined) return registration.failure;
  if (registration === undefined) return store.problem;
  if (vaultOf(registration) === null) return null;
  return store.problem ?? explainLostLogin(registration, isHost);
}
