import { constants, type KeyObject, sign } from "node:crypto";

/**
 * A JSON Web Token that is signed with an RSA key.
 * @param header its further fields, with the algorithm
 * Source: RFC 7515, RFC 7518 sections 3.3 and 3.5
 */
export function signJwt(
  header: Readonly<Record<string, string>> & { readonly alg: "RS256" | "PS256" },
  claims: Readonly<Record<string, string | number>>,
  key: KeyObject,
): string {
  const text = `${encode({ ...header, typ: "JWT" })}.${encode(claims)}`;
  const padding =
    header.alg === "PS256"
      ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
      : { padding: constants.RSA_PKCS1_PADDING };
  return `${text}.${sign("sha256", Buffer.from(text), { key, ...padding }).toString("base64url")}`;
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
