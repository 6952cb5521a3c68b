/** Base64 of a text, as registries and config files use it. */
export function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}

/** The value of `auth` in docker's config.json. */
export function authOf(user: string, password: string): string {
  return base64(`${user}:${password}`);
}

/** The Authorization header of a client that logs in by Basic. */
export function basic(user: string, password: string): string {
  return `Basic ${authOf(user, password)}`;
}

/** A JSON Web Token with these claims, whose signature only its issuer could check. */
export function makeJwt(claims: object): string {
  const parts = [{ alg: "RS256", typ: "JWT" }, claims].map((part) =>
    Buffer.from(JSON.stringify(part)).toString("base64url"),
  );
  return `${parts.join(".")}.c2lnbmF0dXJl`;
}
