import { lookup as dnsLookup } from "node:dns";
import { readFileSync } from "node:fs";
import * as http from "node:http";
import * as https from "node:https";
import type { LookupFunction } from "node:net";
import * as tls from "node:tls";
import { HttpsProxyAgent } from "https-proxy-agent";
import { getProxyForUrl } from "proxy-from-env";
import { hostName, isLoopback } from "../registries/address.ts";

export interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  /** Each WWW-Authenticate header by itself. */
  readonly challenges: readonly string[];
  readonly body: string;
  /** The address that answered; null where a proxy stood in between. */
  readonly address: string | null;
}

export interface Ask {
  readonly method?: "GET" | "HEAD" | "POST" | "DELETE";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
  /** May this be sent to the address that the host's name led to? Not asked where a proxy looks names up. */
  readonly admits?: ((address: string) => boolean) | undefined;
}

/**
 * Sends one request, follows no redirect. Rejects with the network's error (`code`; ERR_INTERNAL_ADDRESS where `admits`
 * says no), or the signal's reason.
 */
export type Send = (url: URL, ask: Ask) => Promise<Answer>;

// An answer of the registry API's handshake is a token or an error of a few hundred bytes; more is an attack or a mistake.
const MAX_BODY_BYTES = 256 * 1024;

/** Where distributions keep the CA bundle: Debian and Alpine, Fedora, openSUSE, Alpine and macOS. */
const CA_BUNDLES = [
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/pki/tls/certs/ca-bundle.crt",
  "/etc/ssl/ca-bundle.pem",
  "/etc/ssl/cert.pem",
];

/**
 * An HTTP client that uses the proxies of the process's environment (with NO_PROXY, never for this machine itself) and
 * trusts what the system trusts: its CA bundle, and NODE_EXTRA_CA_CERTS. Connections are kept for the next request of
 * the same login; `close` ends them. `agentFor` gives the same to other libraries.
 * @param env where SSL_CERT_FILE (a bundle that comes before the system's) and NODE_EXTRA_CA_CERTS are looked up
 * @param lookup how host names are looked up
 */
export function createSend(
  env: Readonly<Record<string, string | undefined>>,
  lookup: LookupFunction = dnsLookup,
): {
  send: Send;
  agentFor: (url: URL) => http.Agent;
  close: () => void;
} {
  const agents = new Map<string, http.Agent>();
  // One for all connections: to take a bundle apart anew for each costs milliseconds and megabytes.
  let trust: Trust | undefined;
  const agentFor = (url: URL): http.Agent => {
    const proxy = proxyFor(url);
    const key = `${url.protocol} ${proxy}`;
    const known = agents.get(key);
    if (known !== undefined) return known;
    // Said outright, since NODE_TLS_REJECT_UNAUTHORIZED=0 would else hand passwords to anybody.
    const options = { keepAlive: true, rejectUnauthorized: true, lookup };
    if (url.protocol === "https:") trust ??= trustOf(readTrust(env));
    const trusting = { ...options, ...trust };
    // By http only registries of this machine are asked, which no proxy reaches.
    const agent =
      url.protocol === "http:"
        ? new http.Agent({ keepAlive: true, lookup })
        : proxy === ""
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

/** Its options are only about the proxy, while those that ask through it (the AWS SDK) leave trust to their agent. */
function trustBehind(agent: HttpsProxyAgent<string>, trust: https.AgentOptions): http.Agent {
  Object.assign(agent.options, trust);
  return agent;
}

/**
 * The proxy's URL, or "" for none. A proxy without a scheme is an http proxy, as curl and Go have it.
 * @throws an error with the code ERR_PROXY_ADDRESS for one that is no URL
 */
export function proxyFor(url: URL): string {
  const found = isLoopback(hostName(url.host)) ? "" : getProxyForUrl(url.href);
  const named = [`${url.protocol.slice(0, -1)}_proxy`, "all_proxy"]
    .flatMap((name) => [process.env[name], process.env[name.toUpperCase()]])
    .some((value) => value === found);
  const proxy = found === "" || named ? found : found.replace(/^https:/, "http:");
  try {
    const { username, password, protocol } = new URL(proxy || "http://none");
    decodeURIComponent(username + password);
    if (!/^https?:$/.test(protocol)) throw failure("ERR_PROXY_SCHEME");
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === "ERR_PROXY_SCHEME" ? error : failure("ERR_PROXY_ADDRESS");
  }
  return proxy;
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
    // The very connection is looked at, so that no second look-up can lead elsewhere; before TLS stands nothing is sent.
    request.on("socket", (socket) => {
      const check = (): void => {
        if (ask.admits?.(socket.remoteAddress ?? "") === false) request.destroy(failure("ERR_INTERNAL_ADDRESS"));
      };
      if (byProxy) return;
      if (socket.connecting) socket.once("connect", check);
      else check();
    });
    // A proxy that refuses would else pass for the registry: the agent hands its answer on as if it were the server's.
    request.on("proxyConnect", ({ statusCode }: { statusCode: number }) => {
      throughProxy = false;
      if (statusCode !== 200) request.destroy(failure(`ERR_PROXY_${statusCode}`));
    });
    request.on("error", (error: NodeJS.ErrnoException) => {
      // Before the tunnel is there, what cannot be reached is the proxy, and not the registry.
      reject(throughProxy && CONNECTING.test(error.code ?? "") ? failure("ERR_PROXY_UNREACHABLE") : error);
    });
    // While an agent waits for a proxy's answer, the request does not hear the signal.
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
    // What a library opens by itself (AWS's SSO) trusts the same then. Node has that from 22.19 and 24.5 on.
    tls.setDefaultCACertificates(ca);
    return { secureContext: tls.createSecureContext() };
  } catch {
    // It takes no bundle that has a broken certificate in it, which serves for the others.
    return { secureContext: tls.createSecureContext({ ca }) };
  }
}

/** The launchers keep Node from taking its own list apart beforehand, which takes longer than to start (--use-openssl-ca). */
function readTrust(env: Readonly<Record<string, string | undefined>>): string[] {
  const files = [env.SSL_CERT_FILE ?? "", ...CA_BUNDLES];
  const bundle = files.reduce<string | undefined>((found, file) => found ?? readText(file), undefined);
  const extra = readText(env.NODE_EXTRA_CA_CERTS ?? "");
  return [bundle ?? tls.rootCertificates.join("\n"), ...(extra === undefined ? [] : [extra])];
}

function readText(file: string): string | undefined {
  if (file === "") return undefined;
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
