import { lookup as dnsLookup } from "node:dns";
import * as http from "node:http";
import * as https from "node:https";
import type { LookupFunction } from "node:net";
import * as tls from "node:tls";
import { HttpsProxyAgent } from "https-proxy-agent";
import type { Environment } from "../platform/environment.ts";
import { MAX_BUNDLE_BYTES, readTextIfPossible } from "../platform/read-file.ts";
import { proxyFor } from "./proxy.ts";

export interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  /** The WWW-Authenticate headers, one by one. */
  readonly challenges: readonly string[];
  readonly body: string;
  /** The IP address that answered; null behind a proxy. */
  readonly address: string | null;
}

export interface Ask {
  readonly method?: "GET" | "HEAD" | "POST" | "DELETE";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
  /** May the request be sent to this IP address, to which the host name resolved? Not called behind a proxy. */
  readonly admits?: ((address: string) => boolean) | undefined;
}

/**
 * Sends one request; does not follow redirects. Rejects with Node's network error (see its `code`; ERR_INTERNAL_ADDRESS
 * when `admits` returns false), or with the signal's reason.
 */
export type Send = (url: URL, ask: Ask) => Promise<Answer>;

// Responses of a handshake are tokens and errors of a few hundred bytes; anything larger is an attack or a mistake.
const MAX_BODY_BYTES = 256 * 1024;

/** Where distributions store the CA bundle: Debian and Alpine, Fedora, openSUSE, Alpine and macOS. */
const CA_BUNDLES = [
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/pki/tls/certs/ca-bundle.crt",
  "/etc/ssl/ca-bundle.pem",
  "/etc/ssl/cert.pem",
];

/**
 * Creates an HTTP client that uses the environment's proxies (except for NO_PROXY and this machine itself) and trusts the system's CA bundle and NODE_EXTRA_CA_CERTS. It reuses connections until `close` is called. `agentFor`
 * gives other libraries the same proxies and trust.
 * @param env for the proxies, SSL_CERT_FILE (a bundle that replaces the system's) and NODE_EXTRA_CA_CERTS
 * @param lookup resolves host names
 */
export function createSend(
  env: Environment,
  lookup: LookupFunction = dnsLookup,
): {
  send: Send;
  agentFor: (url: URL) => http.Agent;
  close: () => void;
} {
  const agents = new Map<string, http.Agent>();
  // Shared by all connections: parsing the bundle for each costs milliseconds and megabytes.
  let trust: Trust | undefined;
  const agentFor = (url: URL): http.Agent => {
    const proxy = proxyFor(url, env);
    const key = `${url.protocol} ${proxy?.href ?? ""}`;
    const known = agents.get(key);
    if (known !== undefined) return known;
    // Explicit, because NODE_TLS_REJECT_UNAUTHORIZED=0 would otherwise send passwords to anybody.
    const options = { keepAlive: true, rejectUnauthorized: true, lookup };
    if (url.protocol === "https:") trust ??= trustOf(readTrust(env));
    const trusting = { ...options, ...trust };
    // Plain http is used only for registries on this machine, which no proxy can reach.
    const agent =
      url.protocol === "http:"
        ? new http.Agent({ keepAlive: true, lookup })
        : proxy === null
          ? new https.Agent(trusting)
          : trustBehind(new HttpsProxyAgent(proxy, trusting), trusting);
    agents.set(key, agent);
    return agent;
  };
  return {
    send: async (url, ask) => {
      const agent = agentFor(url);
      return await sendOne(url, ask, agent, trust ?? {});
    },
    agentFor,
    close: () => {
      for (const agent of agents.values()) agent.destroy();
    },
  };
}

/** The agent's own options concern only the proxy; libraries that use it (the AWS SDK) expect it to set the trust too. */
function trustBehind(agent: HttpsProxyAgent<string>, trust: https.AgentOptions): http.Agent {
  Object.assign(agent.options, trust);
  return agent;
}

function sendOne(url: URL, ask: Ask, agent: http.Agent, trust: Partial<Trust>): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const byProxy = agent instanceof HttpsProxyAgent;
    let throughProxy = byProxy;
    const request = (url.protocol === "https:" ? https : http).request(
      url,
      {
        method: ask.method ?? "GET",
        headers: { "user-agent": "registry-login", ...ask.headers },
        agent,
        signal: ask.signal,
        rejectUnauthorized: true,
        ...trust,
      },
      (response) => {
        const chunks: Buffer[] = [];
        const address = byProxy ? null : (response.socket.remoteAddress ?? null);
        let size = 0;
        response.on("data", (chunk: Buffer) => {
          size += chunk.length;
          if (size <= MAX_BODY_BYTES) chunks.push(chunk);
          else response.destroy(failure("ERR_ANSWER_TOO_LONG"));
        });
        response.on("error", reject);
        response.on("end", () => {
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            challenges: response.headersDistinct["www-authenticate"] ?? [],
            body: Buffer.concat(chunks).toString("utf8"),
            address,
          });
        });
      },
    );
    // Checks the socket itself, so that a second DNS lookup cannot lead elsewhere. Nothing is sent before TLS is set up.
    request.on("socket", (socket) => {
      const check = (): void => {
        if (ask.admits?.(socket.remoteAddress ?? "") === false) request.destroy(failure("ERR_INTERNAL_ADDRESS"));
      };
      if (byProxy) return;
      if (socket.connecting) socket.once("connect", check);
      else check();
    });
    // The agent returns a rejection by the proxy as if it were the server's response.
    request.on("proxyConnect", ({ statusCode }: { statusCode: number }) => {
      throughProxy = false;
      if (statusCode !== 200) request.destroy(failure(`ERR_PROXY_${statusCode}`));
    });
    request.on("error", (error: NodeJS.ErrnoException) => {
      // Until the tunnel is open, a connection error is about the proxy, not about the registry.
      reject(throughProxy && CONNECTING.test(error.code ?? "") ? failure("ERR_PROXY_UNREACHABLE") : error);
    });
    // While the agent waits for the proxy, the request does not react to the signal.
    ask.signal.addEventListener("abort", () => reject(ask.signal.reason), { once: true });
    request.end(ask.body);
  });
}

const CONNECTING = /^(?:E(?:NOTFOUND|AI_AGAIN|CONNREFUSED|CONNRESET|PIPE|TIMEDOUT|HOSTUNREACH|NETUNREACH))$/;

function failure(code: string): Error {
  return Object.assign(new Error(), { code });
}

interface Trust {
  readonly secureContext: tls.SecureContext;
}

function trustOf(ca: string[]): Trust {
  try {
    // For connections that a library opens itself (AWS SSO). Node has this function since 22.19 and 24.5.
    tls.setDefaultCACertificates(ca);
    return { secureContext: tls.createSecureContext() };
  } catch {
    // It throws for a bundle with one broken certificate; a context accepts the others.
    return { secureContext: tls.createSecureContext({ ca }) };
  }
}

/** The launchers pass --use-openssl-ca, so that Node does not parse its own list first, which takes longer than its start. */
function readTrust(env: Environment): string[] {
  const files = [env.SSL_CERT_FILE ?? "", ...CA_BUNDLES].filter((file) => file !== "");
  const bundle = files.reduce<string | null>(
    (found, file) => found ?? readTextIfPossible(file, MAX_BUNDLE_BYTES),
    null,
  );
  const extra = readTextIfPossible(env.NODE_EXTRA_CA_CERTS ?? "", MAX_BUNDLE_BYTES);
  return [bundle ?? tls.rootCertificates.join("\n"), ...(extra === null ? [] : [extra])];
}
