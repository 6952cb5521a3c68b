import * as tls from "node:tls";
import type { Environment } from "../platform/environment.ts";
import { MAX_BUNDLE_BYTES, readTextIfPossible } from "../platform/read-file.ts";

/** Where systems store the CA bundle: Debian and Alpine, Fedora, openSUSE, Alpine and macOS. */
const CA_BUNDLES = [
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/pki/tls/certs/ca-bundle.crt",
  "/etc/ssl/ca-bundle.pem",
  "/etc/ssl/cert.pem",
];

/**
 * The certificates of the authorities that are trusted, as PEM texts: SSL_CERT_FILE, or else the system's, and those of
 * NODE_EXTRA_CA_CERTS. macOS and Windows keep what a company or person added in a store, which docker reads too.
 */
export function trustedCertificates(env: Environment, platform = process.platform): string[] {
  const extra = read(env.NODE_EXTRA_CA_CERTS ?? "");
  const named = read(env.SSL_CERT_FILE ?? "");
  const trusted = named === null ? certificatesOfSystem(platform) : [named];
  return [...trusted, ...(extra === null ? [] : [extra])];
}

/** The launchers pass --use-openssl-ca, so that Node does not parse its own list first, which takes longer than its start. */
function certificatesOfSystem(platform: NodeJS.Platform): string[] {
  // On Windows, any user could make a folder /etc.
  const files = platform === "win32" ? [] : CA_BUNDLES;
  const bundle = files.reduce<string | null>((found, file) => found ?? read(file), null);
  return [bundle ?? tls.rootCertificates.join("\n"), ...certificatesOfStore(platform)];
}

/** Node has this function since 22.15 and 24.0. */
function certificatesOfStore(platform: NodeJS.Platform): string[] {
  if (platform !== "darwin" && platform !== "win32") return [];
  return (tls.getCACertificates as typeof tls.getCACertificates | undefined)?.("system") ?? [];
}

function read(file: string): string | null {
  return file === "" ? null : readTextIfPossible(file, MAX_BUNDLE_BYTES);
}
