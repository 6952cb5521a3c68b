import { loadCrypto } from "./lazy-modules.ts";

/** The SHA-256 digest of a text in UTF-8, as 64 hexadecimal digits. */
export function sha256(text: string): string {
  return loadCrypto().createHash("sha256").update(text).digest("hex");
}

/** Random bytes as hexadecimal digits, two for each byte. */
export function randomHex(bytes: number): string {
  return loadCrypto().randomBytes(bytes).toString("hex");
}
