import { lookup as dnsLookup } from "node:dns";
import * as http from "node:http";
import * as https from "node:https";
import type { LookupFunction } from "node:net";
import type { Environment } from "../platform/environment.ts";
import { type Breadth, createAgents } from "./agents.ts";
import { describeAuthority } from "./authority.ts";
import { failure } from "./failure.ts";
import { isAuthorityError, isUnreachable } from "./network-error.ts";
import { isProxyIgnored } from "./proxy.ts";
import { refineTlsError } from "./tls-error.ts";
import { TunnelAgent } from "./tunnel.ts";

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
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly signal: AbortSignal;
  /** Absolute path of a unix socket to send an http request to; the URL's host is then only a name. */
  readonly socketPath?: string | undefined;
  /**
   * `host[:port]` of the registry whose certificates in certs.d apply, also to a request to its token service, as for clients;
   * by default none do.
   */
  readonly registry?: string | undefined;
  /** May the request be sent to this IP address, to which the host name resolved? Not called behind a proxy. */
  readonly admits?: ((address: string) => boolean) | undefined;
}

/**
 * Sends one request; does not follow redirects. Rejects with Node's network error (see its `code`; ERR_INTERNAL_ADDRESS
 * when `admits` returns false, ABORT_ERR when the signal aborts).
 */
export type Send = (url: URL, ask: Ask) => Promise<Answer>;

/** Answers are tokens and errors of a few hundred bytes; anything longer is an attack or a mistake. */
const MAX_BODY_BYTES = 256 * 1024;
const MAX_CHUNKS = 1000;
/** More interim responses (1xx) than this before the final one are an attack. */
const MAX_INTERIM = 100;

export interface SendOptions {
  /** Resolves host names. */
  readonly lookup?: LookupFunction | undefined;
  /** The folder /etc, in which clients' certificates are. */
  readonly etc?: string | undefined;
}

/**
 * Creates an HTTP client that uses the environment's proxies (except for NO_PROXY and this machine itself) and trusts what
 * Go's clients trust, and NODE_EXTRA_CA_CERTS. It reuses connections until `close` is called.
 * @param env for the proxies, the authorities (SSL_CERT_FILE, SSL_CERT_DIR, NODE_EXTRA_CA_CERTS) and certs.d (HOME)
 */
export function createSend(
  env: Environment,
  { lookup = dnsLookup, etc = "/etc" }: SendOptions = {},
): {
  send: Send;
  close: () => void;
} {
  const agents = createAgents(env, lookup, etc);
  const sendWith = async (url: URL, ask: Ask, breadth: Breadth): Promise<Answer> => {
    try {
      return await sendOne(url, ask, agents.agentFor(url, ask.registry ?? null, breadth));
    } catch (error) {
      throw refineTlsError(error);
    }
  };
  const send: Send = async (url, ask) => {
    try {
      return await sendWith(url, ask, "bundles");
    } catch (error) {
      // Nothing was sent yet.
      if (isAuthorityError(error)) {
        if (agents.hasMore()) return await sendWith(url, ask, "all").catch(nameAuthority(url, ask));
        return await nameAuthority(url, ask)(error);
      }
      const isDirect = isUnreachable(error) || ask.signal.aborted;
      throw isDirect && isProxyIgnored(url, env) ? failure("ERR_PROXY_ADDRESS") : error;
    }
  };
  const nameAuthority =
    (url: URL, ask: Ask) =>
    async (error: unknown): Promise<never> => {
      throw isAuthorityError(error)
        ? await describeAuthority(error as NodeJS.ErrnoException, url, { env, lookup, ...ask })
        : error;
    };
  return { send, close: agents.close };
}

function sendOne(url: URL, ask: Ask, agent: http.Agent): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const byProxy = agent instanceof TunnelAgent;
    const request = (url.protocol === "https:" ? https : http).request(url, {
      method: ask.method ?? "GET",
      headers: { "user-agent": "registry-login", ...ask.headers },
      socketPath: ask.socketPath,
      agent,
      signal: ask.signal,
    });
    // Checks the socket itself, so that a second DNS lookup cannot lead elsewhere. Nothing is sent before TLS is set up.
    request.on("socket", (socket) => {
      const check = (): void => {
        if (ask.admits?.(socket.remoteAddress ?? "") === false) request.destroy(failure("ERR_INTERNAL_ADDRESS"));
      };
      if (byProxy) return;
      if (socket.connecting) socket.once("connect", check);
      else check();
    });
    let interim = 0;
    request.on("information", () => {
      if (++interim > MAX_INTERIM) request.destroy(failure("ERR_ANSWER_TOO_LONG"));
    });
    // Without a listener, Node closes the connection and reports neither a response nor an error.
    request.on("upgrade", (_, socket) => {
      socket.destroy();
      reject(failure("ERR_PROTOCOL_SWITCHED"));
    });
    let hasAnswer = false;
    request.on("response", (response) => {
      hasAnswer = true;
      const address = byProxy ? null : (response.socket.remoteAddress ?? null);
      readAnswer(response, address).then(resolve, reject);
    });
    request.on("error", reject);
    // Whatever ends the request without one of the events above: no promise waits for what may never come.
    request.on("close", () => {
      if (!hasAnswer) reject(failure("ECONNRESET"));
    });
    // While an agent waits for a proxy, the request does not react to the signal.
    ask.signal.addEventListener("abort", () => reject(failure("ABORT_ERR")), { once: true });
    request.end(ask.body);
  });
}

async function readAnswer(response: http.IncomingMessage, address: string | null): Promise<Answer> {
  const { statusCode: status = 0 } = response;
  // Others are not valid. Source: RFC 9110 section 15.
  if (status < 100 || status > 599) {
    response.destroy();
    throw failure("ERR_INVALID_STATUS");
  }
  return {
    status,
    headers: response.headers,
    challenges: response.headersDistinct["www-authenticate"] ?? [],
    body: await readBody(response),
    address,
  };
}

function readBody(response: http.IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    let chunks: Buffer[] = [];
    let size = 0;
    // By events: a stream that is iterated queues chunks, and one of a single byte takes a hundred in memory.
    response.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size > MAX_BODY_BYTES) {
        response.destroy(failure("ERR_ANSWER_TOO_LONG"));
        return;
      }
      chunks.push(chunk);
      if (chunks.length === MAX_CHUNKS) chunks = [Buffer.concat(chunks)];
    });
    response.on("end", () => resolve(Buffer.concat(chunks).toString("utf8")));
    response.on("error", reject);
    response.on("close", () => reject(failure("ECONNRESET")));
  });
}
