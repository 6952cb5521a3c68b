import type { Skipped } from "../discovery/request.ts";

/** The whole report if no secret is set; the launcher prints the same. */
export const NOTHING_FOUND =
  "nothing to do: no registry secrets are set (ID_CONTAINER_REGISTRY_SERVER, _USER and _PASSWORD, where ID is any name you choose)";

/** A secret set that results in no login, for JSON. */
export function skippedJson({ identifier, missing, reason }: Skipped): object {
  return { identifier, missing, reason };
}
