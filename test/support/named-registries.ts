import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { makeCertificate } from "./certificate.ts";
import { startConnectProxy } from "./connect-proxy.ts";
import { basic } from "./encoding.ts";
import { answer, startServer } from "./misbehaving-server.ts";

/** A registry under its real name with a token service, as Docker Hub, GHCR, ACR and Google have one. */
export interface NamedRegistry {
  /** The name at which the registry itself answers. */
  readonly host: string;
  /** The address of its token service. */
  readonly realm: string;
  /** What the token service accepts: user and password by GET (Basic), a refresh token by POST. */
  readonly accepts: { readonly user: string; readonly password: string } | { readonly refreshToken: string };
}

/** A request to a token service. */
export interface TokenRequest {
  readonly method: string;
  readonly url: string;
  readonly authorization: string | null;
  readonly form: Readonly<Record<string, string>>;
}

/** The token services of several registries, and GitHub's API for the scopes of a token. */
export interface TokenServices {
  /** Every host name that has to lead to this server. */
  readonly hosts: readonly string[];
  readonly requests: readonly TokenRequest[];
  /** Answers the request, or returns true for one that the registry itself may answer. */
  authorize(request: IncomingMessage, response: ServerResponse): Promise<boolean>;
}

/** GitHub tokens with the scopes that api.github.com reports; null for a token without (codespaces, workflows). */
export type GithubTokens = Readonly<Record<string, string | null>>;

const GITHUB_API = "api.github.com";

/** Source: https://distribution.github.io/distribution/spec/auth/token/ and /spec/auth/oauth/ */
export function createTokenServices(
  registries: readonly NamedRegistry[],
  githubTokens: GithubTokens = {},
): TokenServices {
  const requests: TokenRequest[] = [];
  const tokens = new Map<string, NamedRegistry>();
  const giveToken = async (registry: NamedRegistry, request: IncomingMessage, response: ServerResponse, url: URL) => {
    const form = Object.fromEntries(new URLSearchParams(await readBody(request)));
    const authorization = request.headers.authorization ?? null;
    requests.push({ method: request.method ?? "", url: url.href, authorization, form });
    if (!isAccepted(registry, request.method, authorization, form)) return answer(response, 401);
    const token = randomUUID();
    tokens.set(token, registry);
    answer(response, 200, { "content-type": "application/json" }, JSON.stringify({ access_token: token, token }));
  };
  return {
    hosts: [...new Set([...registries.flatMap(({ host, realm }) => [host, new URL(realm).host]), GITHUB_API])],
    requests,
    authorize: async (request, response) => {
      const url = new URL(request.url ?? "/", `https://${request.headers.host}`);
      const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? "")?.[1] ?? "";
      if (url.host === GITHUB_API) {
        const scopes = githubTokens[token];
        answer(response, scopes === undefined ? 401 : 200, scopes == null ? {} : { "x-oauth-scopes": scopes });
        return false;
      }
      const service = registries.find(({ realm }) => realm === url.origin + url.pathname);
      if (service !== undefined) await giveToken(service, request, response, url);
      if (service !== undefined) return false;
      const registry = registries.find(({ host }) => host === url.host);
      if (registry !== undefined && tokens.get(token) === registry) return true;
      answer(response, registry === undefined ? 404 : 401, registry === undefined ? {} : challengeOf(registry));
      return false;
    },
  };
}

function challengeOf({ host, realm }: NamedRegistry): Record<string, string> {
  return { "www-authenticate": `Bearer realm="${realm}",service="${host}"` };
}

function isAccepted(
  { accepts }: NamedRegistry,
  method: string | undefined,
  authorization: string | null,
  form: Record<string, string>,
): boolean {
  if ("refreshToken" in accepts) {
    return method === "POST" && form.grant_type === "refresh_token" && form.refresh_token === accepts.refreshToken;
  }
  return method === "GET" && authorization === basic(accepts.user, accepts.password);
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

/**
 * Lets registries answer under their real names, with TLS, until the test ends: a proxy leads every name to a server of
 * this machine, which answers 200 to whoever has a token.
 * @returns the variables with which the agent uses the proxy and trusts the certificate, and the requests to the token services
 */
export async function startNamedRegistries(
  registries: readonly NamedRegistry[],
  githubTokens?: GithubTokens,
): Promise<{ env: Record<string, string>; requests: readonly TokenRequest[] }> {
  const tokenServices = createTokenServices(registries, githubTokens);
  const certificate = makeCertificate(...tokenServices.hosts);
  const server = await startServer(async (response, _, request) => {
    if (await tokenServices.authorize(request, response)) answer(response, 200);
  }, certificate);
  const proxy = await startConnectProxy(server.port);
  const env = { SSL_CERT_FILE: certificate.certFile, HTTPS_PROXY: `http://${proxy.host}` };
  return { env, requests: tokenServices.requests };
}

export const DOCKER_HUB: Pick<NamedRegistry, "host" | "realm"> = {
  host: "registry-1.docker.io",
  realm: "https://auth.docker.io/token",
};
export const GHCR: Pick<NamedRegistry, "host" | "realm"> = { host: "ghcr.io", realm: "https://ghcr.io/token" };
export const AZURE: Pick<NamedRegistry, "host" | "realm"> = {
  host: "mycompany.azurecr.io",
  realm: "https://mycompany.azurecr.io/oauth2/token",
};
/** The user that Azure expects with a refresh token. */
export const AZURE_TOKEN_USER = "00000000-0000-0000-0000-000000000000";
export const GOOGLE: Pick<NamedRegistry, "host" | "realm"> = {
  host: "europe-west1-docker.pkg.dev",
  realm: "https://europe-west1-docker.pkg.dev/v2/token",
};
