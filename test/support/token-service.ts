import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SignJWT } from "jose";
import { closeServer } from "./embedded-registry.ts";
import { run } from "./shell.ts";

export const ISSUER = "registry-login-test";
export const SERVICE = "registry-login-test-registry";

/** A token service as Docker Hub, GHCR and ACR have one, for a docker-registry with `auth: token`. */
export interface TokenService {
  readonly realm: string;
  /** PEM of the certificate that its tokens are signed with (the registry's `rootcertbundle`). */
  readonly certificate: string;
  close(): Promise<void>;
}

/**
 * Starts one on this machine; it grants one user whatever scope is asked for, and refuses everybody else.
 * Source: https://distribution.github.io/distribution/spec/auth/jwt/
 */
export async function startTokenService(user: string, password: string): Promise<TokenService> {
  const { key, certificate } = await makeCertificate();
  const basic = `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? "/", "http://localhost");
    response.setHeader("content-type", "application/json");
    if (request.headers.authorization !== basic || url.searchParams.get("service") !== SERVICE) {
      response.statusCode = 401;
      response.end(JSON.stringify({ errors: [{ code: "UNAUTHORIZED" }] }));
      return;
    }
    const token = await signToken(key, certificate, user, url.searchParams.getAll("scope"));
    response.end(JSON.stringify({ token, expires_in: 300 }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    realm: `http://localhost:${(server.address() as AddressInfo).port}/token`,
    certificate,
    close: () => closeServer(server),
  };
}

function signToken(key: KeyObject, certificate: string, user: string, scopes: readonly string[]): Promise<string> {
  const access = scopes
    .flatMap((scope) => scope.split(" "))
    .filter((scope) => scope !== "")
    .map((scope) => {
      const [, type, name, actions] = /^([^:]+):(.+):([^:]+)$/.exec(scope) ?? [];
      return { type, name, actions: actions?.split(",") ?? [] };
    });
  const chain = [new X509Certificate(certificate).raw.toString("base64")];
  return new SignJWT({ access })
    .setProtectedHeader({ alg: "RS256", typ: "JWT", x5c: chain })
    .setIssuer(ISSUER)
    .setSubject(user)
    .setAudience(SERVICE)
    .setIssuedAt()
    .setNotBefore("-10s")
    .setExpirationTime("5m")
    .sign(key);
}

async function makeCertificate(): Promise<{ key: KeyObject; certificate: string }> {
  const folder = mkdtempSync(join(tmpdir(), "registry-login-token-"));
  const [keyFile, certificateFile] = [join(folder, "key.pem"), join(folder, "certificate.pem")];
  try {
    const subject = ["-subj", "/CN=token service", "-days", "2"];
    await run("openssl", [
      "req",
      "-x509",
      "-newkey",
      "rsa:2048",
      "-nodes",
      ...subject,
      "-keyout",
      keyFile,
      "-out",
      certificateFile,
    ]);
    return { key: createPrivateKey(readFileSync(keyFile)), certificate: readFileSync(certificateFile, "utf8") };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
