import type { Credential } from "../../exchange/credential.ts";
import { printable } from "../../printable.ts";
import type { Placement } from "../../registration/record.ts";
import { PLACE_NAMES } from "../place-names.ts";
import type { Attempt } from "./attempt.ts";

/**
 * Where a login is stored, and how long it is valid there.
 * @param podmanFile the file that podman reads before docker's, if it was edited
 */
export function describePlace(
  { request: { source, exchange }, rights }: Attempt,
  { expiresAt }: Credential,
  placement: Placement,
  podmanFile: string | null,
): string {
  const { storage, isNative, keepsToken } = placement;
  const isHelpers = storage === "memory" || storage === "disk";
  // The token may not have been checked this time; one of a codespace or workflow can usually only pull.
  if (source === "github-token" && isHelpers && keepsToken !== true)
    return `GITHUB_TOKEN read at each pull${rights === null ? ", pull only" : ""}`;
  const end = expiresAt === null ? "" : ` until ${new Date(expiresAt * 1000).toISOString()}`;
  const place = nameOf(placement, podmanFile);
  if (exchange === null) return place + end;
  if (isHelpers) return `${place}, renewed automatically`;
  const renewal =
    isNative === true ? "replaced at a start before that" : "not renewed (storage memory or disk renews it)";
  return `${place}, valid${end}, ${renewal}`;
}

function nameOf({ storage, store, isNative }: Placement, podmanFile: string | null): string {
  if (store !== undefined) {
    // podman reads no store.
    const copy = podmanFile === null ? "" : `, and unencrypted in ${printable(podmanFile)}`;
    return `stored by docker-credential-${printable(store.name)}${copy}`;
  }
  // docker warns about the same.
  return storage === "plaintext" && isNative === true
    ? "stored unencrypted in docker's config.json"
    : PLACE_NAMES[storage];
}
