import { lookup } from "node:dns/promises";
import { connect } from "node:net";
import { explain } from "../findings/finding.ts";
import { describeNetworkError, isNetworkError } from "../network/network-error.ts";
import { isProxyIgnored, proxyFor } from "../network/proxy.ts";
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
      error.code === "ERR_NO_ANSWER" && !isProxyIgnored(url, env)
        ? explain("no-answer", { host: url.host, seconds: timeoutMs / 1000 })
        : describeNetworkError(isProxyIgnored(url, env) ? { code: "ERR_PROXY_ADDRESS" } : error, url.host);
    return [...trust, wrong("network", finding)];
  }
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
