import { lookup } from "node:dns/promises";
import * as https from "node:https";
import { connect } from "node:net";
import type { TLSSocket } from "node:tls";
import { explain } from "../findings/finding.ts";
import { describeNetworkError, isNetworkError } from "../network/network-error.ts";
import { proxyFor } from "../network/proxy.ts";
import { TunnelAgent } from "../network/tunnel.ts";
import type { Environment } from "../platform/environment.ts";
import { MAX_BUNDLE_BYTES, readTextIfPossible } from "../platform/read-file.ts";
import type { Registry } from "../registries/registry.ts";
import { ok, type Step, wrong } from "./step.ts";

/**
 * Is a registry reachable: does its name resolve, and does it accept a connection? Behind a proxy, and for TLS and
 * everything after it, the first request to the registry shows it.
 * @param timeoutMs milliseconds for the lookup, and again for the connection
 */
export async function examineNetwork(registry: Registry, env: Environment, timeoutMs: number): Promise<Step[]> {
  const url = urlOf(registry);
  let proxy: URL | null;
  try {
    proxy = proxyFor(url, env);
  } catch (error) {
    if (!isNetworkError(error)) throw error;
    return [wrong("network", describeNetworkError(error, url.host))];
  }
  const trust = examineTrust(env);
  if (proxy !== null) {
    // The proxy resolves names.
    return [...trust, ok("network", `through the proxy ${proxy.host}`)];
  }
  const port = Number(url.port) || (url.protocol === "http:" ? 80 : 443);
  try {
    const name = url.hostname.replace(/^\[|\]$/g, "");
    const addresses = await within(timeoutMs, lookup(name, { all: true }));
    await within(timeoutMs, tryConnect(name, port));
    return [...trust, ok("network", `${addresses[0]?.address ?? name} answers on port ${port}`)];
  } catch (error) {
    if (!isNetworkError(error)) throw error;
    const finding =
      error.code === "ERR_NO_ANSWER"
        ? explain("no-answer", { host: url.host, seconds: timeoutMs / 1000 })
        : describeNetworkError(error, url.host);
    return [...trust, wrong("network", finding)];
  }
}

/** The name of the authority that signed a server's certificate, or "" if it cannot be read. No credential is sent. */
export async function readIssuer(registry: Registry, env: Environment, timeoutMs: number): Promise<string> {
  const url = urlOf({ ...registry, scheme: "https" });
  const proxy = proxyFor(url, env);
  // The certificate is only read, so it need not be trusted.
  const options = { rejectUnauthorized: false };
  const agent = proxy === null ? new https.Agent(options) : new TunnelAgent(proxy, options);
  const request = https.request(url, { ...options, agent, method: "HEAD" });
  const issuer = new Promise<string>((resolve) => {
    request.on("socket", (socket) => {
      const read = (): void => resolve(issuerOf(socket as TLSSocket));
      if ((socket as TLSSocket).getPeerCertificate?.()?.issuer !== undefined) read();
      else socket.once("secureConnect", read);
    });
    request.on("error", () => resolve(""));
  });
  try {
    // Not the request's own timeout, which starts with the connection: a proxy may never open one.
    return await within(timeoutMs, issuer);
  } catch {
    return "";
  } finally {
    request.destroy();
    agent.destroy();
  }
}

function issuerOf(socket: TLSSocket): string {
  const { issuer } = socket.getPeerCertificate();
  const name: unknown = issuer?.O ?? issuer?.CN ?? "";
  // The server chose this text: characters that could break the line are removed.
  return [name]
    .flat()
    .join(", ")
    .replace(/[^\p{L}\p{N} .,&()'/-]/gu, "")
    .slice(0, 80);
}

/** Files of certificate authorities that variables name and that cannot be read. */
function examineTrust(env: Environment): Step[] {
  return ["SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS"].flatMap((variable) => {
    const file = env[variable] ?? "";
    if (file === "" || (readTextIfPossible(file, MAX_BUNDLE_BYTES) ?? "") !== "") return [];
    return [wrong("network", explain("trust-file", { variable, file }))];
  });
}

function urlOf({ endpoint, scheme }: Registry): URL {
  return new URL(`${scheme === "https" ? "https" : "http"}://${endpoint}`);
}

function tryConnect(host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port });
    socket.once("connect", () => {
      socket.destroy();
      resolve();
    });
    socket.once("error", reject);
  });
}

async function within<T>(timeoutMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(Object.assign(new Error(), { code: "ERR_NO_ANSWER" })), timeoutMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
