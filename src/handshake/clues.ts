import type { Answer } from "../network/http.ts";

/** What a rejection shows about its cause. */
export type Clue = "gitlab" | "expired";

/** The text of an answer is a server's own: it is recognized here, and never shown. */
const MAX_TEXT = 4096;

/**
 * Sources: the answers of Docker Hub ("too many failed login attempts for username or IP address"), Artifactory ("blocked due
 * to recurrent login failures", "user is locked"), Harbor, Nexus, Quay ("too many incorrect login attempts") and Keycloak
 * ("account temporarily disabled").
 */
const LOCKOUTS: readonly RegExp[] = [
  /too many (?:[a-z]+ ){0,3}(?:log-?ins?|sign-?ins?|authentications?|passwords?)(?: |-)?(?:attempts|tries|failures|requests)?/i,
  /too many (?:failed|incorrect|invalid|unsuccessful|wrong) /i,
  /(?:recurrent|repeated|consecutive|multiple) (?:[a-z]+ ){0,3}(?:log-?in|sign-?in|authentication|password) (?:failures|attempts|errors)/i,
  /(?:account|user)(?: [^ ]{1,64})? (?:is |has been |was )?locked/i,
  /temporarily (?:locked|blocked|disabled)|locked[ -]?out/i,
];

/** Did a server not check a login, because others failed before? */
export function isLockout({ status, body }: Answer): boolean {
  return status === 423 || (status >= 400 && status < 500 && LOCKOUTS.some((pattern) => pattern.test(beginning(body))));
}

/** Does nginx, or what is in front of a registry, reject a long header with the status 400? */
export function isHeaderTooLong({ status, body }: Answer): boolean {
  return status === 400 && /header[a-z ]{0,20} too (?:large|long|big)/i.test(beginning(body));
}

/**
 * The clue of a rejection.
 * Sources: gitlab-org/gitlab `JwtController` and its "HTTP Basic: Access denied"; AWS ("Your authorization token has expired"),
 * Microsoft Entra (AADSTS7000222, AADSTS700082).
 */
export function findClue({ body }: Answer): Clue | undefined {
  const text = beginning(body);
  if (/HTTP Basic: Access denied/i.test(text)) return "gitlab";
  return /\b(?:has|have|is|are) expired\b|AADSTS(?:7000222|700082)/i.test(text) ? "expired" : undefined;
}

function beginning(body: string): string {
  return body.slice(0, MAX_TEXT);
}
