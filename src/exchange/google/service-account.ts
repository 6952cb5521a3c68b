import { createPrivateKey, type KeyObject } from "node:crypto";
import { explain } from "../../findings/finding.ts";
import { callCloud, checkClock, errorName, errorText, form } from "../cloud-call.ts";
import { ExchangeError } from "../credential.ts";
import { signJwt } from "../jwt.ts";
import { type AccessToken, accessTokenIn, type GoogleWay, SCOPE } from "./access-token.ts";
import { type KeyFile, required } from "./key-file.ts";

const LIFE_SECONDS = 3600;
const WHERE = "Google's token service";

/**
 * Exchanges a service account's key. What the file says about the address (`token_uri`) is ignored, as by Google's library.
 * Source: https://developers.google.com/identity/protocols/oauth2/service-account#httprest
 */
export async function tokenOfServiceAccount(key: KeyFile, { world, file, universe }: GoogleWay): Promise<AccessToken> {
  const email = required(key, "client_email", file);
  const privateKey = parseKey(required(key, "private_key", file), file);
  const issuedAt = Math.floor(world.now() / 1000);
  const times = { iat: issuedAt, exp: issuedAt + LIFE_SECONDS };
  const header = { alg: "RS256", ...(key.private_key_id === undefined ? {} : { kid: key.private_key_id }) } as const;
  // Other universes have no such service: there, what is signed is the token.
  if (universe !== "googleapis.com") {
    const secret = signJwt(header, { iss: email, sub: email, scope: SCOPE, ...times }, privateKey);
    return { secret, lifeSeconds: LIFE_SECONDS };
  }
  const url = new URL(`https://oauth2.${universe}/token`);
  const assertion = signJwt(header, { iss: email, scope: SCOPE, aud: url.href, ...times }, privateKey);
  const fields = { grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer", assertion };
  const reply = await callCloud(world, WHERE, url, form(fields));
  if (reply.status === 200) return accessTokenIn(reply, WHERE);
  // Google's own words for a time that is not now: "Token must be a short-lived token ... Check your iat and exp values".
  if (/iat and exp|short-lived/i.test(errorText(reply))) checkClock(reply, WHERE);
  throw new ExchangeError("refused", explain("google-key-refused", { email, error: errorName(reply) }));
}

function parseKey(pem: string, file: string): KeyObject {
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === "rsa") return key;
  } catch {
    // Explained below; OpenSSL's error may quote the key.
  }
  throw new ExchangeError("failed", explain("google-key-invalid", { file }));
}
