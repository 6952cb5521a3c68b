import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as tls from "node:tls";
import { describe, expect, test } from "vitest";
import { trustedCertificates } from "../../../src/network/certificates.ts";
import { tempFolder } from "../../support/temp-home.ts";

function fileWith(text: string): string {
  const file = join(tempFolder(), "bundle.pem");
  writeFileSync(file, text);
  return file;
}

/** What this system's store has, where this version of Node can read it. */
const STORE = (tls.getCACertificates as typeof tls.getCACertificates | undefined)?.("system") ?? [];

describe.each<NodeJS.Platform>(["linux", "darwin", "win32"])("on %s", (platform) => {
  test("SSL_CERT_FILE replaces all, and NODE_EXTRA_CA_CERTS adds", () => {
    const SSL_CERT_FILE = fileWith("named");
    expect(trustedCertificates({ SSL_CERT_FILE }, platform)).toEqual(["named"]);
    const NODE_EXTRA_CA_CERTS = fileWith("extra");
    expect(trustedCertificates({ SSL_CERT_FILE, NODE_EXTRA_CA_CERTS }, platform)).toEqual(["named", "extra"]);
    expect(trustedCertificates({ NODE_EXTRA_CA_CERTS }, platform).at(-1)).toBe("extra");
  });
});

test("on Windows, no file below /etc is trusted, but the system's store is", () => {
  expect(trustedCertificates({}, "win32")).toEqual([tls.rootCertificates.join("\n"), ...STORE]);
});

test("macOS adds its store to the bundle; Linux has the bundle alone", () => {
  const [bundle = "", ...others] = trustedCertificates({}, "linux");
  expect(others).toEqual([]);
  expect(trustedCertificates({}, "darwin")).toEqual([bundle, ...STORE]);
  const debian = "/etc/ssl/certs/ca-certificates.crt";
  if (existsSync(debian)) expect(bundle).toBe(readFileSync(debian, "utf8"));
});
