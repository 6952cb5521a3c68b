import { lstatSync, readdirSync, readlinkSync } from "node:fs";
import { join } from "node:path";
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

/** Folders of single certificates, which Go's clients trust besides the bundle. */
const CA_FOLDERS = ["/etc/ssl/certs", "/etc/pki/tls/certs"];

/** More files than this in one folder are not certificate authorities; Debian has 280 there. */
const MAX_FILES = 2000;

const PEM = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

/**
 * The certificates of the authorities that are trusted, as PEM texts: SSL_CERT_FILE, or else the system's bundle, and those of
 * NODE_EXTRA_CA_CERTS. macOS and Windows keep what a company or person added in a store, which docker reads too. Those in
 * folders are in {@link certificatesInFolders}.
 * Source: Go's crypto/x509, root_unix.go and root_linux.go
 */
export function trustedCertificates(env: Environment, platform = process.platform): string[] {
  const extra = read(env.NODE_EXTRA_CA_CERTS ?? "");
  const named = read(env.SSL_CERT_FILE ?? "");
  const trusted = named === null ? certificatesOfSystem(platform) : [named];
  return [...trusted, ...(extra === null ? [] : [extra])];
}

/**
 * The certificates of the authorities that Go's clients read from the folders in SSL_CERT_DIR, or else the system's. They
 * are trusted besides the bundle, also besides SSL_CERT_FILE.
 *
 * Apart from the bundle, because nearly always it has them all: to read the folder takes 10 ms, and each further MB 0.4 s.
 * @param known texts whose certificates are left out
 * Source: Go's crypto/x509, root_unix.go and root_linux.go
 */
export function certificatesInFolders(
  env: Environment,
  known: readonly string[],
  platform = process.platform,
): string[] {
  if (platform === "win32" || platform === "darwin") return [];
  const folders = env.SSL_CERT_DIR ? env.SSL_CERT_DIR.split(":") : CA_FOLDERS;
  const found = new Set(folders.flatMap(filesIn).flatMap((file) => split(read(file) ?? "")));
  for (const each of known.flatMap(split)) found.delete(each);
  return [...found];
}

/** The certificates in a text, each without what is around it. */
function split(text: string): string[] {
  return (text.match(PEM) ?? []).map((each) => each.replaceAll("\r", ""));
}

/** The files of a folder, without the second names that c_rehash makes for files of the same folder, as Go leaves them out. */
function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .slice(0, MAX_FILES)
      .map((name) => join(folder, name))
      .filter((file) => !lstatSync(file).isSymbolicLink() || readlinkSync(file).includes("/"));
  } catch {
    return [];
  }
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
