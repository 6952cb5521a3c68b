import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { tempFolder } from "./temp-home.ts";

export interface Certificate {
  readonly key: string;
  readonly cert: string;
  /** The file that holds the certificate, which is its own authority. */
  readonly certFile: string;
}

/** Makes a certificate that nobody knows. Needs the program openssl. */
export function makeCertificate(...names: readonly string[]): Certificate {
  return makeCertificateIn(tempFolder(), ...names);
}

/** The same, with its files in a folder that the caller removes. */
export function makeCertificateIn(folder: string, ...names: readonly string[]): Certificate {
  const [keyFile, certFile] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const subject = [
    "-subj",
    "/CN=registry-login test",
    "-addext",
    `subjectAltName=${names.map((name) => `DNS:${name}`)}`,
  ];
  const kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"];
  execFileSync("openssl", ["req", "-x509", ...kind, ...subject, "-keyout", keyFile, "-out", certFile], {
    stdio: "pipe",
  });
  return { key: readFileSync(keyFile, "utf8"), cert: readFileSync(certFile, "utf8"), certFile };
}
