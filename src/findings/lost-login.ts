import { type Explanation, explain } from "./finding.ts";

/**
 * The finding for a saved login whose vault was lost.
 * @param login `storage`: where it was stored; `identifier`: null for one that was made with `docker login`
 * @param isHost whether this is outside of containers
 */
export function explainLostLogin(
  login: { readonly host: string; readonly identifier: string | null; readonly storage: string },
  isHost: boolean,
): Explanation {
  const { host, identifier, storage } = login;
  const isDisk = storage === "disk";
  const name = identifier ?? "docker login";
  const elsewhere = `run registry-login where the secrets of ${name} are set`;
  // A disk survives a restart, and is new only in a container that was built again.
  const event = isHost
    ? isDisk
      ? "its folder was removed"
      : "the machine restarted, or the session ended"
    : `the container ${isDisk ? "was rebuilt" : "restarted"}`;
  const advice = isHost
    ? elsewhere
    : `start the container again with the secrets of ${name}, or run registry-login where they are set`;
  return explain("vault-gone", { host, identifier: name, place: isDisk ? "on disk" : "in memory", event, advice });
}
