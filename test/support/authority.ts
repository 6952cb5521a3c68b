import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** A certificate with its key, as PEM texts and as files. */
export interface Issued {
  readonly key: string;
  readonly cert: string;
  readonly keyFile: string;
  readonly certFile: string;
}

/** What is in a certificate. */
export interface Request {
  /** As openssl writes it: `/O=Example/CN=root`. */
  readonly subject: string;
  /** Its extensions, as in openssl's configuration: `basicConstraints=critical,CA:TRUE`. */
  readonly extensions?: readonly string[];
}

/** The extensions of an authority. */
export const AUTHORITY = ["basicConstraints=critical,CA:TRUE", "keyUsage=keyCertSign,cRLSign"] as const;

/** The extension of a server with these names. */
export const namesOf = (...names: readonly string[]): string =>
  `subjectAltName=${names.map((name) => (/^[0-9.]+$/.test(name) ? `IP:${name}` : `DNS:${name}`)).join(",")}`;

/**
 * Makes a certificate that this authority signs, or that signs itself. Needs the program openssl.
 * @param parent a folder that the caller removes
 */
export function issue(parent: string, { subject, extensions = [] }: Request, authority?: Issued): Issued {
  const folder = mkdtempSync(join(parent, "certificate-"));
  const file = (name: string): string => join(folder, name);
  const [keyFile, certFile, request, config] = ["key.pem", "cert.pem", "request.pem", "extensions.cnf"].map(file) as [
    string,
    string,
    string,
    string,
  ];
  const openssl = (...args: readonly string[]): void => {
    execFileSync("openssl", args, { stdio: "pipe" });
  };
  const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", keyFile];
  openssl("req", "-new", ...newKey, "-subj", subject, "-out", request);
  writeFileSync(config, extensions.join("\n"));
  const signer = authority === undefined ? ["-key", keyFile] : ["-CA", authority.certFile, "-CAkey", authority.keyFile];
  const sign = authority === undefined ? ["-signkey", keyFile] : [...signer, "-CAcreateserial"];
  openssl("x509", "-req", "-in", request, ...sign, "-days", "2", "-sha256", "-extfile", config, "-out", certFile);
  return { key: readFileSync(keyFile, "utf8"), cert: readFileSync(certFile, "utf8"), keyFile, certFile };
}
