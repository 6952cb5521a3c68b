import type { IncomingMessage, ServerResponse } from "node:http";
import { makeCertificate } from "./certificate.ts";
import { startConnectProxy } from "./connect-proxy.ts";
import { basic } from "./encoding.ts";
import { answer, type Handler, type LocalServer, startServer } from "./misbehaving-server.ts";

/** An answer of a script: its status, and the registry API's error in its body. */
export interface Reply {
  readonly status: number;
  readonly code?: string;
  readonly message?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A registry with one user that follows the specification in the handshake, and a test's script in the rest. */
export interface Script {
  readonly user?: string;
  readonly password: string;
  /** The path of its token service; without one it uses Basic. */
  readonly realm?: string;
  /** The token service's answer to its user, by the requested scope; null: a token. */
  readonly token?: (scope: string) => Reply | null;
  /** The first answer at /v2/. */
  readonly ping?: Reply;
  readonly manifest?: Reply;
  readonly upload?: Reply;
}

/**
 * Answers as the script says. A request without the right Authorization gets the challenge of the specification.
 * Source: https://distribution.github.io/distribution/spec/auth/token/
 */
export function scripted({ user = "bob", password, realm, ...script }: Script): Handler {
  const login = basic(user, password);
  return (response, _, request) => {
    const host = request.headers.host ?? "";
    const url = new URL(request.url ?? "/", `http://${host}`);
    if (realm !== undefined && url.pathname === realm) {
      giveToken(url, request, response);
      return;
    }
    if (url.pathname === "/v2/" && script.ping !== undefined) return reply(response, script.ping);
    const shown = request.headers.authorization ?? "";
    const scope = scopeOf(request.method ?? "", url.pathname);
    const right = realm === undefined ? shown === login : shown === `Bearer token-for-${encodeURIComponent(scope)}`;
    if (!right) return reply(response, { status: 401, code: "UNAUTHORIZED", headers: challenge(host, scope) });
    if (url.pathname.includes("/manifests/")) return reply(response, script.manifest ?? { status: 200 });
    if (request.method === "DELETE") return answer(response, 204);
    if (url.pathname.endsWith("/blobs/uploads/")) {
      const headers = { location: `${url.pathname}1f0c` };
      return reply(response, script.upload ?? { status: 202, headers });
    }
    answer(response, 200);
  };

  function challenge(host: string, scope: string): Record<string, string> {
    if (realm === undefined) return { "www-authenticate": 'Basic realm="test"' };
    const address = `${/^localhost/.test(host) ? "http" : "https"}://${host}${realm}`;
    const wanted = scope === "" ? "" : `,scope="${scope}"`;
    return { "www-authenticate": `Bearer realm="${address}",service="${host}"${wanted}` };
  }

  function giveToken(url: URL, request: IncomingMessage, response: ServerResponse): void {
    const scope = url.searchParams.get("scope") ?? "";
    const known = request.headers.authorization === login;
    const refusal = known ? (script.token?.(scope) ?? null) : { status: 401, code: "UNAUTHORIZED" };
    if (refusal !== null) reply(response, refusal);
    else answer(response, 200, {}, JSON.stringify({ token: `token-for-${encodeURIComponent(scope)}` }));
  }
}

/** The scope that a request needs. */
function scopeOf(method: string, path: string): string {
  const [, repository, kind] = /^\/v2\/(.+)\/(manifests|blobs)\//.exec(path) ?? [];
  if (repository === undefined) return "";
  return `repository:${repository}:${kind === "manifests" && method !== "PUT" ? "pull" : "pull,push"}`;
}

function reply(response: ServerResponse, { status, code, message = "", headers = {} }: Reply): void {
  const body = code === undefined ? "{}" : JSON.stringify({ errors: [{ code, message }] });
  answer(response, status, { "content-type": "application/json", ...headers }, body);
}

/** Such a registry under real names, with TLS; a proxy leads there until the test ends. */
export async function startNamed(
  hosts: readonly string[],
  handler: Handler,
): Promise<{ readonly env: Record<string, string>; readonly server: LocalServer }> {
  const certificate = makeCertificate(...hosts);
  const server = await startServer(handler, certificate);
  const proxy = await startConnectProxy(server.port);
  return { env: { SSL_CERT_FILE: certificate.certFile, HTTPS_PROXY: `http://${proxy.host}` }, server };
}
