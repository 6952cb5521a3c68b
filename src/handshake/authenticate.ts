import type { Credential } from "../exchange/credential.ts";
import { explain } from "../findings/finding.ts";
import { parseChallenges } from "../network/challenge.ts";
import type { Answer } from "../network/http.ts";
import type { Conversation } from "./conversation.ts";
import { basicAuthorization, fetchToken } from "./token.ts";
import { Ended, verdictOf } from "./verdict.ts";

/** Source: the IANA registry of HTTP authentication schemes. */
const OTHER_SCHEMES = new Set([
  "digest",
  "dpop",
  "gnap",
  "hoba",
  "mutual",
  "negotiate",
  "ntlm",
  "oauth",
  "kerberos",
  "vapid",
]);

/**
 * Answers the challenge of a 401.
 * @param url where the registry answered
 * @param credential null: without a login, as public images are pulled
 * @returns the Authorization header for the second request; undefined without a credential, unless a token service
 *   issues a token without one
 * @throws Ended when the challenge cannot be answered, or the token service issues no token
 */
export async function answerChallenge(
  url: URL,
  { challenges: headers, address }: Answer,
  credential: Credential | null,
  conversation: Conversation,
): Promise<string | undefined> {
  const challenges = parseChallenges(headers);
  const bearer = challenges.find(({ scheme }) => scheme === "bearer");
  if (bearer !== undefined) return `Bearer ${await fetchToken({ url, address }, bearer, credential, conversation)}`;
  if (challenges.some(({ scheme }) => scheme === "basic")) {
    return credential === null ? undefined : basicAuthorization(credential, url.host);
  }
  // Other words of the server are not repeated: a hostile one could send the password back.
  const known = challenges.map(({ scheme }) => (OTHER_SCHEMES.has(scheme) ? scheme : "of an unknown kind"));
  const schemes = [...new Set(known)].join(", ");
  throw new Ended(
    verdictOf(
      "failed",
      schemes === ""
        ? explain("no-challenge", { host: url.host })
        : explain("unknown-challenge", { host: url.host, schemes }),
    ),
  );
}
