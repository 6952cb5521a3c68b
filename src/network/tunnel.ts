import * as http from "node:http";
import * as https from "node:https";
import { isIPv6 } from "node:net";
import type { Duplex } from "node:stream";
import type * as tls from "node:tls";
import { failure } from "./failure.ts";
import { isUnreachable, speaksTls } from "./network-error.ts";
import { openSocks } from "./socks.ts";
import { refineTlsError } from "./tls-error.ts";

/**
 * An agent whose connections lead through a proxy: `CONNECT` by HTTP or SOCKS5, then TLS with the server. Node's own parser
 * reads an HTTP proxy's answer, so that its length is limited. Until the tunnel is open, an error is about the proxy and names
 * it: its code is ERR_PROXY_UNREACHABLE, ERR_PROXY_SCHEME (it does not speak its protocol), ERR_PROXY_CERTIFICATE or ERR_PROXY_
 * and the status of its rejection.
 * Source: RFC 9110 section 9.3.6, RFC 1928.
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
    this.#open(options)
      .then((socket) => {
        const through: https.RequestOptions & Pick<tls.ConnectionOptions, "socket"> = { ...options, socket };
        return super.createConnection(through);
      })
      .then((secure) => done(null, secure), done);
  }

  async #open(options: TunnelOptions): Promise<Duplex> {
    const { proxy } = this;
    const open = /^socks5h?:$/.test(proxy.protocol) ? openBySocks : openTunnel;
    try {
      return await open(proxy, options, this.#end.signal);
    } catch (error) {
      throw aboutProxy(error as NodeJS.ErrnoException, proxy);
    }
  }

  /** Ends its connections, also those that the proxy has not answered yet. */
  override destroy(): void {
    this.#end.abort();
    super.destroy();
  }
}

type TunnelOptions = https.RequestOptions & Pick<tls.ConnectionOptions, "secureContext">;

function openBySocks(proxy: URL, { host, port, lookup }: TunnelOptions, signal: AbortSignal): Promise<Duplex> {
  return openSocks(proxy, { host: host ?? "", port: Number(port) }, signal, lookup);
}

function openTunnel(proxy: URL, options: TunnelOptions, signal: AbortSignal): Promise<Duplex> {
  const { host, port, lookup, secureContext, checkServerIdentity } = options;
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
      ...(checkServerIdentity === undefined ? {} : { checkServerIdentity }),
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
    request.on("error", reject);
    request.on("close", () => reject(failure("ERR_PROXY_UNREACHABLE")));
    request.end();
  });
}

function authorizationFor({ username, password }: URL): { "proxy-authorization"?: string } {
  if (username === "" && password === "") return {};
  const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { "proxy-authorization": `Basic ${Buffer.from(login).toString("base64")}` };
}

function aboutProxy(error: NodeJS.ErrnoException, { host: proxy }: URL): Error {
  const { code = "", status } = refineTlsError(error) as NodeJS.ErrnoException & { readonly status?: string };
  if (code.startsWith("ERR_PROXY_")) return failure(code, { proxy, ...(status === undefined ? {} : { status }) });
  if (isUnreachable(error)) return failure("ERR_PROXY_UNREACHABLE", { proxy });
  if (/^(?:HPE_|ERR_TLS_NONE$)/.test(code)) return failure("ERR_PROXY_SCHEME", { proxy });
  return speaksTls({ code }) ? failure("ERR_PROXY_CERTIFICATE", { proxy, status: code }) : error;
}
