import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { onTestFinished, vi } from "vitest";
import { makeCertificate } from "./certificate.ts";
import { startConnectProxy } from "./connect-proxy.ts";
import { answer, startServer } from "./misbehaving-server.ts";

/** A registry whose token service asks who comes, as Docker Hub, GHCR, ACR and Google have one. */
export interface Door {
  /** The name at which the registry itself answers. */
  readonly host: string;
  /** The address of its token service. */
  readonly realm: string;
  /** What the token service takes: user and password by GET (Basic), a refresh token by POST. */
  readonly takes: { readonly user: string; readonly password: string } | { readonly refreshToken: string };
}

/** A request to a token service. */
export interface Asked {
  readonly method: string;
  readonly url: string;
  readonly authorization: string | null;
  readonly form: Readonly<Record<string, string>>;
}

export interface Doorman {
  /** Every name that has to lead here. */
  readonly hosts: readonly string[];
  readonly asked: readonly Asked[];
  /** Answers the request, or says that it may pass to the registry. */
  admits(request: IncomingMessage, response: ServerResponse): Promise<boolean>;
}

/** GitHub tokens with the scopes that api.github.com names for them; null for one without (codespaces, workflows). */
export type GithubTokens = Readonly<Record<string, string | null>>;

const GITHUB_API = "api.github.com";

/** Source: https://distribution.github.io/distribution/spec/auth/token/ and /spec/auth/oauth/ */
export function createDoorman(doors: readonly Door[], githubTokens: GithubTokens = {}): Doorman {
  const asked: Asked[] = [];
  const tokens = new Map<string, Door>();
  const giveToken = async (door: Door, request: IncomingMessage, response: ServerResponse, url: URL) => {
    const form = Object.fromEntries(new URLSearchParams(await readBody(request)));
    const authorization = request.headers.authorization ?? null;
    asked.push({ method: request.method ?? "", url: url.href, authorization, form });
    if (!isTaken(door, request.method, authorization, form)) return answer(response, 401);
    const token = randomUUID();
    tokens.set(token, door);
    answer(response, 200, { "content-type": "application/json" }, JSON.stringify({ access_token: token, token }));
  };
  return {
    hosts: [...new Set([...doors.flatMap(({ host, realm }) => [host, new URL(realm).host]), GITHUB_API])],
    asked,
    admits: async (request, response) => {
      const url = new URL(request.url ?? "/", `https://${request.headers.host}`);
      const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? "")?.[1] ?? "";
      if (url.host === GITHUB_API) {
        const scopes = githubTokens[token];
        answer(response, scopes === undefined ? 401 : 200, scopes == null ? {} : { "x-oauth-scopes": scopes });
        return false;
      }
      const service = doors.find(({ realm }) => realm === url.origin + url.pathname);
      if (service !== undefined) await giveToken(service, request, response, url);
      if (service !== undefined) return false;
      const door = doors.find(({ host }) => host === url.host);
      if (door !== undefined && tokens.get(token) === door) return true;
      answer(response, door === undefined ? 404 : 401, door === undefined ? {} : challengeOf(door));
      return false;
    },
  };
}

function challengeOf({ host, realm }: Door): Record<string, string> {
  return { "www-authenticate": `Bearer realm="${realm}",service="${host}"` };
}

function isTaken(
  { takes }: Door,
  method: string | undefined,
  authorization: string | null,
  form: Record<string, string>,
): boolean {
  if ("refreshToken" in takes) {
    return method === "POST" && form.grant_type === "refresh_token" && form.refresh_token === takes.refreshToken;
  }
  const basic = `Basic ${Buffer.from(`${takes.user}:${takes.password}`).toString("base64")}`;
  return method === "GET" && authorization === basic;
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

/**
 * Lets registries answer under their real names, with TLS, until the test ends: a proxy leads every name to a server of
 * this machine, behind the doors of which there is nothing but a 200.
 * @returns the variables that make the agent trust its certificate, and what the token services were asked
 */
export async function startRealNames(
  doors: readonly Door[],
  githubTokens?: GithubTokens,
): Promise<{ env: Record<string, string>; asked: readonly Asked[] }> {
  const doorman = createDoorman(doors, githubTokens);
  const certificate = makeCertificate(...doorman.hosts);
  const server = await startServer(async (response, _, request) => {
    if (await doorman.admits(request, response)) answer(response, 200);
  }, certificate);
  const proxy = await startConnectProxy(server.port);
  useProxy(proxy.host);
  return { env: { SSL_CERT_FILE: certificate.certFile }, asked: doorman.asked };
}

/** Makes a proxy the one of this process until the test ends. */
export function useProxy(host: string): void {
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  for (const name of ["HTTPS_PROXY", "https_proxy"]) vi.stubEnv(name, `http://${host}`);
  for (const name of ["NO_PROXY", "no_proxy"]) vi.stubEnv(name, "");
}

export const DOCKER_HUB: Pick<Door, "host" | "realm"> = {
  host: "registry-1.docker.io",
  realm: "https://auth.docker.io/token",
};
export const GHCR: Pick<Door, "host" | "realm"> = { host: "ghcr.io", realm: "https://ghcr.io/token" };
export const AZURE: Pick<Door, "host" | "realm"> = {
  host: "mycompany.azurecr.io",
  realm: "https://mycompany.azurecr.io/oauth2/token",
};
export const GOOGLE: Pick<Door, "host" | "realm"> = {
  host: "europe-west1-docker.pkg.dev",
  realm: "https://europe-west1-docker.pkg.dev/v2/token",
};
