import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SignJWT } from "jose";
import { closeServer } from "./embedded-registry.ts";
import { basic } from "./encoding.ts";
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

/** What other users may do; without this, only the one user gets a token. */
export interface Others {
  /** A repository that everybody may pull, even without a login. */
  readonly publicRepository?: string;
  /** A user who may pull one repository and nothing else. */
  readonly reader?: { readonly user: string; readonly password: string; readonly repository: string };
}

/** What a token is asked for and grants. Source: https://distribution.github.io/distribution/spec/auth/jwt/ */
interface Access {
  readonly type: string;
  readonly name: string;
  readonly actions: readonly string[];
}

/**
 * Starts one on this machine. It grants one user every scope, and rejects everybody except the named others, who get a
 * token even if it grants nothing, as at Docker Hub.
 * Source: https://distribution.github.io/distribution/spec/auth/jwt/
 */
export async function startTokenService(
  user: string,
  password: string,
  { publicRepository, reader }: Others = {},
): Promise<TokenService> {
  const { key, certificate } = await makeCertificate();
  const readable = publicRepository === undefined ? [] : [publicRepository];
  const everything = (asked: Access): Access => asked;
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? "/", "http://localhost");
    const { authorization } = request.headers;
    response.setHeader("content-type", "application/json");
    const granted =
      authorization === basic(user, password)
        ? everything
        : reader !== undefined && authorization === basic(reader.user, reader.password)
          ? pullsOf(...readable, reader.repository)
          : authorization === undefined && readable.length > 0
            ? pullsOf(...readable)
            : null;
    if (granted === null || url.searchParams.get("service") !== SERVICE) {
      response.statusCode = 401;
      response.end(JSON.stringify({ errors: [{ code: "UNAUTHORIZED" }] }));
      return;
    }
    const access = parseScopes(url.searchParams.getAll("scope")).map(granted);
    const token = await signToken(key, certificate, user, access);
    response.end(JSON.stringify({ token, expires_in: 300 }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    realm: `http://localhost:${(server.address() as AddressInfo).port}/token`,
    certificate,
    close: () => closeServer(server),
  };
}

/** Grants pulls of these repositories. */
function pullsOf(...repositories: readonly string[]): (asked: Access) => Access {
  return ({ type, name, actions }) => {
    const readable = type === "repository" && repositories.includes(name);
    return { type, name, actions: readable ? actions.filter((action) => action === "pull") : [] };
  };
}

function parseScopes(scopes: readonly string[]): Access[] {
  return scopes
    .flatMap((scope) => scope.split(" "))
    .filter((scope) => scope !== "")
    .map((scope) => {
      const [, type = "", name = "", actions = ""] = /^([^:]+):(.+):([^:]+)$/.exec(scope) ?? [];
      return { type, name, actions: actions.split(",") };
    });
}

function signToken(key: KeyObject, certificate: string, user: string, access: readonly Access[]): Promise<string> {
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
