import { type Explanation, explain } from "./finding.ts";

/**
 * The finding for a saved login whose vault was lost.
 * @param login `storage`: where it was stored; `identifier`: null for one that was made with `docker login`
 */
export function explainLostLogin(login: {
  readonly host: string;
  readonly identifier: string | null;
  readonly storage: string;
}): Explanation {
  const { host, identifier, storage } = login;
  // A disk survives a restart, and is new only in a container that was built again.
  const [place, event] = storage === "disk" ? ["on disk", "was rebuilt"] : ["in memory", "restarted"];
  return explain("vault-gone", { host, identifier: identifier ?? "docker login", place, event });
}
