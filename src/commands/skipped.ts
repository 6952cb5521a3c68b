import type { Skipped } from "../discovery/request.ts";
import { createPen, type Terminal } from "../terminal/terminal.ts";

const NOTHING_FOUND =
  "registry-login: nothing to do: no registry secrets are set (ID_CONTAINER_REGISTRY_SERVER, _USER and _PASSWORD, where ID is any name you choose)";

/** The whole report if no secret is set; the launcher prints the same. */
export function nothingFound(terminal: Terminal): string {
  return `${createPen(terminal).hang("", NOTHING_FOUND)}\n`;
}

/** A secret set that results in no login, for JSON. */
export function skippedJson({ identifier, missing, reason, hint }: Skipped): object {
  return { identifier, missing, reason: `${reason}; ${hint}` };
}
