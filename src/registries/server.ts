import { explain } from "../findings/finding.ts";
import { UserError } from "../findings/user-error.ts";
import { loadNet } from "../platform/lazy-modules.ts";
import { isLoopback } from "./address.ts";

/**
 * How a registry is reached. `loopback`: https first, then http, as docker does for hosts of this machine. `unencrypted`: it is
 * written with http://, so that only clients that are told so reach it; a password is only sent if it does have TLS.
 */
export type Scheme = "https" | "http" | "loopback" | "unencrypted";

/** A parsed SERVER text. `host` is lower-case, with the port if one was written; `path` serves only to recognize names. */
export interface Server {
  readonly host: string;
  readonly path: string;
  readonly scheme: Scheme;
}

// A host as image references allow it: labels of letters, digits and inner hyphens (distribution/reference, `domain-name`).
const DOMAIN = /^(?!-)[a-z0-9-]{1,63}(?<!-)(?:\.(?!-)[a-z0-9-]{1,63}(?<!-))*$/;

/**
 * Normalizes the text of a SERVER secret or of a credential helper's request.
 *
 * Removes surrounding white space, scheme, path, query and trailing slash; converts the host to lower case; keeps the port.
 * @throws UserError when no container client could use the text as a registry. The message never repeats text that may hold
 *   a secret (user information).
 * Source: https://github.com/distribution/reference (grammar of `domain`), docker's insecure-registry rule for loopback.
 */
export function parseServer(text: string): Server {
  const trimmed = text.trim();
  if (trimmed === "") throw new UserError(explain("server-empty"));
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(trimmed)?.[1]?.toLowerCase() ?? "";
  if (scheme !== "" && scheme !== "http" && scheme !== "https") {
    throw new UserError(explain("server-scheme", { scheme }));
  }
  const rest = trimmed.slice(scheme === "" ? 0 : scheme.length + 3).replace(/^\/\//, "");
  const end = rest.search(/[/?#]/);
  const authority = end === -1 ? rest : rest.slice(0, end);
  const path = end === -1 ? "" : rest.slice(end).replace(/[?#].*$/s, "");
  if (authority.includes("@")) {
    throw new UserError(explain("server-user"));
  }
  // Before the conversion to lower case, which turns some other letters into ASCII (like the Kelvin sign).
  if (!/^[\x21-\x7e]*$/.test(authority)) {
    throw new UserError(explain("server-characters", { server: quote(authority) }));
  }
  const { name, port } = splitPort(authority.toLowerCase());
  checkName(name, authority);
  checkPort(port, authority);
  const host = port === undefined ? name : `${name}:${port}`;
  const loopback = isLoopback(name);
  return { host, path, scheme: schemeOf(scheme, loopback) };
}

/** Clients know only the host: for this machine they try https first and then http, whatever the secret says. */
function schemeOf(written: string, isLocal: boolean): Scheme {
  if (written === "http") return isLocal ? "http" : "unencrypted";
  return isLocal ? "loopback" : "https";
}

/** A host without the port of https, which changes nothing about where it leads. */
export function withoutDefaultPort(host: string): string {
  return host.replace(/:443$/, "");
}

function splitPort(authority: string): { name: string; port: string | undefined } {
  // A bare IPv6 address cannot carry a port; clients only accept it in brackets.
  if (/:.*:/s.test(authority) && loadNet().isIPv6(authority)) return { name: `[${authority}]`, port: undefined };
  const match = /^(\[[^\]]*\]|[^:]*)(?::(.*))?$/s.exec(authority);
  return match === null ? { name: authority, port: undefined } : { name: match[1] ?? "", port: match[2] };
}

function checkName(name: string, authority: string): void {
  if (/["'`]/.test(authority)) {
    throw new UserError(explain("server-quoted", { server: quote(authority) }));
  }
  if (
    name.startsWith("[")
      ? /^[0-9a-f:.]+$/.test(name.slice(1, -1)) && loadNet().isIPv6(name.slice(1, -1))
      : name.length <= 253 && DOMAIN.test(name) && isKeptByUrl(name)
  )
    return;
  throw new UserError(explain("server-form", { server: quote(authority) }));
}

/**
 * Does a URL keep this host name? It converts some: `0x7f.1` becomes 127.0.0.1, and `a.1` is rejected.
 * Source: https://url.spec.whatwg.org/#host-parsing
 */
function isKeptByUrl(name: string): boolean {
  return URL.canParse(`https://${name}`) && new URL(`https://${name}`).hostname === name;
}

function checkPort(port: string | undefined, authority: string): void {
  if (port === undefined || (/^[1-9][0-9]{0,4}$/.test(port) && Number(port) <= 65535)) return;
  throw new UserError(explain("server-port", { server: quote(authority) }));
}

function quote(text: string): string {
  // Never truncated: the redactor finds a secret only as a whole.
  return text.length > 100 ? `of ${text.length} characters` : JSON.stringify(text);
}
