import { BlockList, isIP } from "node:net";
import { domainToASCII } from "node:url";
import type { Environment } from "../platform/environment.ts";
import { isLoopback } from "../registries/address.ts";
import { failure } from "./failure.ts";

/**
 * The proxy for a URL, as docker, podman, skopeo and helm choose it: by Go's rules, which do not know ALL_PROXY.
 * @returns the proxy's URL; null for a direct connection, also where the address is not a URL, see {@link isProxyIgnored}
 * @throws an error with the code ERR_PROXY_SCHEME for other proxies than http, https and socks5
 * Source: https://pkg.go.dev/golang.org/x/net/http/httpproxy
 */
export function proxyFor(url: URL, env: Environment): URL | null {
  const value = valueFor(url, env);
  return value === "" ? null : parseProxy(value);
}

/** Is there a proxy for this URL whose address is not a URL? Go's clients ignore it, and connect directly. */
export function isProxyIgnored(url: URL, env: Environment): boolean {
  const value = valueFor(url, env);
  return value !== "" && toUrl(value) === null;
}

/** The address of the proxy for this URL as it is set, or "" if it is reached directly. */
function valueFor(url: URL, env: Environment): string {
  const name = url.protocol === "https:" ? "HTTPS_PROXY" : "HTTP_PROXY";
  const value = env[name] || env[name.toLowerCase()] || "";
  const host = url.hostname.replace(/^\[|\]$/g, "").toLowerCase();
  const port = url.port || (url.protocol === "https:" ? "443" : "80");
  return isLoopback(host) || isExcluded(host, port, env.NO_PROXY || env.no_proxy || "") ? "" : value;
}

function parseProxy(value: string): URL | null {
  const proxy = toUrl(value);
  if (proxy !== null && !/^(?:https?|socks5h?):$/.test(proxy.protocol)) throw failure("ERR_PROXY_SCHEME");
  return proxy;
}

/** An address without a scheme is that of an http proxy. */
function toUrl(value: string): URL | null {
  const text = /^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? value : `http://${value}`;
  try {
    const proxy = new URL(text);
    decodeURIComponent(proxy.username + proxy.password);
    return proxy.hostname === "" ? null : proxy;
  } catch {
    return null;
  }
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
  // What has another form is a name as a whole: an IPv6 address without brackets, or one in brackets without a port.
  const [, bracketed, plain, wanted = ""] = /^(?:\[([^\]]*)\]|([^:[\]]*)):([^:]*)$/.exec(entry) ?? [];
  const name = bracketed ?? plain ?? entry;
  if (name === "" || (wanted !== "" && wanted !== port)) return false;
  if (isIP(name) !== 0) return isInRange(host, `${name}/${isIP(name) === 6 ? 128 : 32}`);
  const below = name.startsWith("*.") ? name.slice(1) : name;
  if (below.startsWith(".")) return host.endsWith(`.${toAscii(below.slice(1))}`);
  return `.${host}`.endsWith(`.${toAscii(below)}`);
}

/** An international name in the form that a URL has. */
function toAscii(name: string): string {
  return /^[\x20-\x7e]*$/.test(name) ? name : domainToASCII(name) || name;
}

function isRange(entry: string): boolean {
  const [address = "", prefix = "", ...rest] = entry.split("/");
  const version = isIP(address);
  return (
    version !== 0 && rest.length === 0 && /^[0-9]{1,3}$/.test(prefix) && Number(prefix) <= (version === 6 ? 128 : 32)
  );
}

function isInRange(host: string, range: string): boolean {
  const [address = "", prefix = ""] = range.split("/");
  if (isIP(host) === 0) return false;
  const list = new BlockList();
  list.addSubnet(address, Number(prefix), isIP(address) === 6 ? "ipv6" : "ipv4");
  return list.check(host, isIP(host) === 6 ? "ipv6" : "ipv4");
}
