import { BlockList, isIP } from "node:net";
import type { Environment } from "../platform/environment.ts";
import { isLoopback } from "../registries/address.ts";
import { failure } from "./failure.ts";

/**
 * The proxy for a URL, as docker, podman, skopeo and helm choose it: by Go's rules, which do not know ALL_PROXY.
 * @returns the proxy's URL, or null for a direct connection
 * @throws an error with the code ERR_PROXY_ADDRESS if the address is not a URL, ERR_PROXY_SCHEME for other proxies than http
 * Source: https://pkg.go.dev/golang.org/x/net/http/httpproxy
 */
export function proxyFor(url: URL, env: Environment): URL | null {
  const name = url.protocol === "https:" ? "HTTPS_PROXY" : "HTTP_PROXY";
  const value = env[name] || env[name.toLowerCase()] || "";
  const host = url.hostname.replace(/^\[|\]$/g, "").toLowerCase();
  const port = url.port || (url.protocol === "https:" ? "443" : "80");
  if (value === "" || isLoopback(host) || isExcluded(host, port, env.NO_PROXY || env.no_proxy || "")) return null;
  return parseProxy(value);
}

/** An address without a scheme is that of an http proxy. */
function parseProxy(value: string): URL {
  const text = /^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? value : `http://${value}`;
  let proxy: URL;
  try {
    proxy = new URL(text);
    decodeURIComponent(proxy.username + proxy.password);
  } catch {
    throw failure("ERR_PROXY_ADDRESS");
  }
  if (!/^https?:$/.test(proxy.protocol)) throw failure("ERR_PROXY_SCHEME");
  return proxy;
}

/** Does an entry of NO_PROXY cover this host? */
function isExcluded(host: string, port: string, list: string): boolean {
  const entries = list
    .toLowerCase()
    .split(",")
    .map((entry) => entry.trim());
  return entries.includes("*") || entries.some((entry) => entry !== "" && covers(entry, host, port));
}

/**
 * `example.com` covers the name and all below it, `.example.com` and `*.example.com` only what is below it, an IP address
 * itself, and a CIDR range its addresses. With a port, an entry covers only that.
 */
function covers(entry: string, host: string, port: string): boolean {
  if (isRange(entry)) return isInRange(host, entry);
  // What has another form is a name as a whole, an IPv6 address without brackets for example.
  const [, bracketed, plain, wanted] = /^(?:\[(.*)\]|([^:]*))(?::([0-9]*))?$/.exec(entry) ?? ["", undefined, entry];
  const name = bracketed ?? plain ?? "";
  if (name === "" || (wanted !== undefined && wanted !== "" && wanted !== port)) return false;
  if (isIP(name) !== 0) return name === host;
  const below = name.startsWith("*.") ? name.slice(1) : name;
  return below.startsWith(".") ? host.endsWith(below) : host === below || host.endsWith(`.${below}`);
}

function isRange(entry: string): boolean {
  const [address = "", prefix = "", ...rest] = entry.split("/");
  const version = isIP(address);
  return (
    version !== 0 && rest.length === 0 && /^[0-9]{1,3}$/.test(prefix) && Number(prefix) <= (version === 6 ? 128 : 32)
  );
}

function isInRange(host: string, entry: string): boolean {
  const [address = "", prefix = ""] = entry.split("/");
  const family = isIP(host) === 6 ? "ipv6" : "ipv4";
  if (isIP(host) === 0 || isIP(host) !== isIP(address)) return false;
  const list = new BlockList();
  list.addSubnet(address, Number(prefix), family);
  return list.check(host, family);
}
