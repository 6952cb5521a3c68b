import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { tempFolder } from "./temp-home.ts";

export interface Certificate {
  readonly key: string;
  readonly cert: string;
  /** The file with the certificate, which is its own authority. */
  readonly certFile: string;
}

/** Makes a certificate that no client trusts. Needs the program openssl. */
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

/**
 * Makes a certificate that is valid at a different time.
 * @param start, end in ASN.1 form: 20200101000000Z
 */
export function makeDatedCertificate(names: readonly string[], start: string, end: string): Certificate {
  return makeDatedCertificateIn(tempFolder(), names, start, end);
}

/** The same, with its files in a folder that the caller removes. */
export function makeDatedCertificateIn(
  folder: string,
  names: readonly string[],
  start: string,
  end: string,
): Certificate {
  const file = (name: string): string => join(folder, name);
  const config = `[ca]\ndefault_ca=d\n[d]\ndatabase=${file("index")}\nserial=${file("serial")}\nnew_certs_dir=${folder}\ndefault_md=sha256\npolicy=p\nx509_extensions=x\n[p]\ncommonName=supplied\n[x]\nsubjectAltName=${names.map((name) => `DNS:${name}`)}\nbasicConstraints=CA:TRUE\n`;
  writeFileSync(file("index"), "");
  writeFileSync(file("serial"), "01");
  writeFileSync(file("ca.cnf"), config);
  const openssl = (...args: string[]): void => {
    execFileSync("openssl", args, { stdio: "pipe" });
  };
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", file("key.pem")];
  openssl("req", "-new", ...key, "-subj", "/CN=registry-login test", "-out", file("request.pem"));
  const own = ["-selfsign", "-keyfile", file("key.pem"), "-in", file("request.pem"), "-out", file("cert.pem")];
  openssl("ca", "-batch", "-notext", "-config", file("ca.cnf"), ...own, "-startdate", start, "-enddate", end);
  return {
    key: readFileSync(file("key.pem"), "utf8"),
    cert: readFileSync(file("cert.pem"), "utf8"),
    certFile: file("cert.pem"),
  };
}
