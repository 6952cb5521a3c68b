import { createRequire } from "node:module";

// Node's crypto takes about 10 ms to load, a quarter of the start of an empty Node, and most runs of the credential helper
// need none of it. So it is loaded at the first call. The folder has no meaning for a module of Node's own.
const loadCrypto = () => createRequire("/")("node:crypto") as typeof import("node:crypto");

/** The SHA-256 digest of a text in UTF-8, as 64 hexadecimal digits. */
export function sha256(text: string): string {
  return loadCrypto().createHash("sha256").update(text).digest("hex");
}

/** Random bytes as hexadecimal digits, two for each byte. */
export function randomHex(bytes: number): string {
  return loadCrypto().randomBytes(bytes).toString("hex");
}
