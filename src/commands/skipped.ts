import type { Skipped } from "../discovery/request.ts";

/** What to say where there is no secret at all. */
export const NOTHING_FOUND =
  "no registry secrets here (<ID>_CONTAINER_REGISTRY_SERVER, _USER and _PASSWORD), nothing to do";

/** A set that asks for no login, as programs see it. */
export function skippedJson({ identifier, missing, reason }: Skipped): object {
  return { identifier, missing, reason };
}
