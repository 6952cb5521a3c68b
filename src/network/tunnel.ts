import * as http from "node:http";
import * as https from "node:https";
import { isIPv6 } from "node:net";
import type { Duplex } from "node:stream";
import type * as tls from "node:tls";
import { failure } from "./failure.ts";

/**
 * An agent whose connections lead through an HTTP proxy: `CONNECT`, then TLS with the server. Node's own parser reads the
 * proxy's answer, so that its length is limited. A request fails with the code ERR_PROXY_UNREACHABLE, ERR_PROXY_SCHEME
 * (the proxy does not speak HTTP) or ERR_PROXY_ and the status of the proxy's rejection.
 * Source: RFC 9110 section 9.3.6.
 */
export class TunnelAgent extends https.Agent {
  readonly proxy: URL;
  readonly #end = new AbortController();

  /** @param options also for the connection to the proxy: trust, and how names are resolved */
  constructor(proxy: URL, options: https.AgentOptions) {
    super(options);
    this.proxy = proxy;
  }

  override createConnection(
    options: https.RequestOptions,
    callback?: (error: Error | null, stream: Duplex) => void,
  ): undefined {
    const done = callback as (error: Error | null, stream?: Duplex | null) => void;
    openTunnel(this.proxy, options, this.#end.signal)
      .then((socket) => {
        const through: https.RequestOptions & Pick<tls.ConnectionOptions, "socket"> = { ...options, socket };
        return super.createConnection(through);
      })
      .then((secure) => done(null, secure), done);
  }

  /** Ends its connections, also those that the proxy has not answered yet. */
  override destroy(): void {
    this.#end.abort();
    super.destroy();
  }
}

type TunnelOptions = https.RequestOptions & Pick<tls.ConnectionOptions, "secureContext">;

/** Until the tunnel is open, an error is about the proxy, not about the server. */
function openTunnel(proxy: URL, options: TunnelOptions, signal: AbortSignal): Promise<Duplex> {
  const { host, port, lookup, secureContext } = options;
  const target = `${isIPv6(host ?? "") ? `[${host}]` : host}:${port}`;
  return new Promise((resolve, reject) => {
    const request = (proxy.protocol === "https:" ? https : http).request({
      method: "CONNECT",
      host: proxy.hostname.replace(/^\[|\]$/g, ""),
      port: proxy.port || (proxy.protocol === "https:" ? 443 : 80),
      path: target,
      headers: { host: target, ...authorizationFor(proxy) },
      agent: false,
      signal,
      rejectUnauthorized: true,
      ...(secureContext === undefined ? {} : { secureContext }),
      ...(lookup === undefined ? {} : { lookup }),
    });
    request.on("connect", ({ statusCode }, socket: Duplex, rest: Buffer) => {
      if (statusCode === 200) {
        socket.unshift(rest);
        resolve(socket);
      } else {
        socket.destroy();
        reject(failure(`ERR_PROXY_${statusCode}`));
      }
    });
    request.on("error", (error: NodeJS.ErrnoException) => reject(aboutProxy(error)));
    request.on("close", () => reject(failure("ERR_PROXY_UNREACHABLE")));
    request.end();
  });
}

function authorizationFor({ username, password }: URL): { "proxy-authorization"?: string } {
  if (username === "" && password === "") return {};
  const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { "proxy-authorization": `Basic ${Buffer.from(login).toString("base64")}` };
}

/** Errors of the proxy's certificate stay as they are: what helps against them is the same as for a server's. */
function aboutProxy(error: NodeJS.ErrnoException): Error {
  const { code = "" } = error;
  if (/^E(?:NOTFOUND|AI_AGAIN|CONNREFUSED|CONNRESET|PIPE|TIMEDOUT|HOSTUNREACH|NETUNREACH)$/.test(code)) {
    return failure("ERR_PROXY_UNREACHABLE");
  }
  return /^(?:HPE_|EPROTO|ERR_SSL_)/.test(code) ? failure("ERR_PROXY_SCHEME") : error;
}
