/** The user and the password of an `auth`, as they are; "broken" where clients do not decode it. */
export type DecodedAuth = { readonly user: string; readonly password: string } | "broken" | "no-colon";

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/**
 * Decodes the `auth` of an entry. Old versions of docker padded the password with NUL, which all clients remove.
 * Source: docker/cli `configfile.decodeAuth`; containers/image `decodeDockerAuth`
 */
export function decodeAuth(auth: string): DecodedAuth {
  const encoded = auth.replace(/[\r\n]/g, "");
  // With padding, unlike Node's.
  if (encoded.length % 4 !== 0 || !BASE64.test(encoded)) return "broken";
  const text = Buffer.from(encoded, "base64").toString("utf8");
  const at = text.indexOf(":");
  if (at === -1) return "no-colon";
  const password = text.slice(at + 1).replace(/^\0+/, "");
  return { user: text.slice(0, at), password: withoutEnd(password) };
}

/** A regular expression for the end of a text takes time with the square of its length. */
function withoutEnd(password: string): string {
  let end = password.length;
  while (password[end - 1] === "\0") end--;
  return password.slice(0, end);
}
