import * as http from "node:http";
import * as https from "node:https";
import type { LookupFunction } from "node:net";
import * as tls from "node:tls";
import type { Environment } from "../platform/environment.ts";
import { certificatesInFolders, trustedCertificates } from "./certificates.ts";
import { failure } from "./failure.ts";
import { certificatesOfHost, type HostCertificates } from "./host-certificates.ts";
import { proxyFor } from "./proxy.ts";
import { TunnelAgent } from "./tunnel.ts";

/** Which authorities a connection trusts: those in bundles, or those in folders, too. */
export type Breadth = "bundles" | "all";

/** The connections of one client. */
export interface Agents {
  /**
   * The agent for requests to this URL.
   * @param registry `host[:port]` of the registry whose files in certs.d apply; null for none
   * @throws a network error where the proxy cannot be used, or a file of certs.d
   */
  agentFor(url: URL, registry: string | null, breadth: Breadth): http.Agent;
  /** Are there authorities in folders that are not in the bundles? */
  readonly hasMore: () => boolean;
  close(): void;
}

/** @param etc the folder /etc */
export function createAgents(env: Environment, lookup: LookupFunction, etc: string): Agents {
  const agents = new Map<string, http.Agent>();
  const contexts = new Map<string, tls.SecureContext>();
  const bundles = once(() => trustedCertificates(env));
  const folders = once(() => certificatesInFolders(env, bundles()));
  const contextFor = (registry: string | null, breadth: Breadth): tls.SecureContext => {
    const own = registry === null ? null : certificatesOfHost(registry, env, etc);
    const key = own === null ? breadth : `${breadth} ${registry}`;
    // Shared by connections: parsing the bundle for each costs milliseconds and megabytes.
    const context = contexts.get(key) ?? contextOf(bundles(), breadth === "all" ? folders() : [], own);
    contexts.set(key, context);
    return context;
  };
  const makeAgent = (url: URL, proxy: URL | null, registry: string | null, breadth: Breadth): http.Agent => {
    if (url.protocol === "http:") return new http.Agent({ keepAlive: true, lookup });
    const secureContext = contextFor(registry, breadth);
    // Explicit, because NODE_TLS_REJECT_UNAUTHORIZED=0 would otherwise send passwords to anybody.
    const options = { keepAlive: true, rejectUnauthorized: true, lookup, secureContext, checkServerIdentity };
    return proxy === null ? new https.Agent(options) : new TunnelAgent(proxy, options);
  };
  return {
    agentFor: (url, registry, breadth) => {
      // Plain http is used only for registries on this machine, which no proxy can reach.
      const proxy = url.protocol === "https:" ? proxyFor(url, env) : null;
      const key = [url.protocol, proxy?.href, registry, breadth].join(" ");
      const agent = agents.get(key) ?? makeAgent(url, proxy, registry, breadth);
      agents.set(key, agent);
      return agent;
    },
    hasMore: () => folders().length > 0,
    close: () => {
      for (const agent of agents.values()) agent.destroy();
    },
  };
}

/** Go's clients require a subjectAltName; Node would accept a common name. Source: Go 1.15's release notes (crypto/x509) */
function checkServerIdentity(host: string, certificate: tls.PeerCertificate): Error | undefined {
  const hasNames = /(?:^|, )(?:DNS|IP Address):/.test(certificate.subjectaltname ?? "");
  return hasNames ? tls.checkServerIdentity(host, certificate) : failure("ERR_CERT_NO_SAN");
}

/** Go trusts every certificate of its lists as an authority, also an intermediate one; Node with this option since 22.9. */
const AS_GO = { allowPartialTrustChain: true };

function contextOf(bundles: string[], folders: string[], own: HostCertificates | null): tls.SecureContext {
  if (own !== null) {
    const { cert, key } = own;
    const ca = [...bundles, ...folders, ...own.ca];
    try {
      return tls.createSecureContext({
        ca,
        ...AS_GO,
        ...(cert.length === 0 ? {} : { cert: [...cert], key: [...key] }),
      });
    } catch {
      throw failure("ERR_CERTS_FOLDER");
    }
  }
  const ca = [...bundles, ...folders];
  if (folders.length > 0) return tls.createSecureContext({ ca, ...AS_GO });
  try {
    // For connections that AWS's SDK opens itself (credentials of a container). Node has this function since 22.19 and 24.5.
    tls.setDefaultCACertificates(ca);
    return tls.createSecureContext(AS_GO);
  } catch {
    // It throws for a bundle with one broken certificate; a context accepts the others.
    return tls.createSecureContext({ ca, ...AS_GO });
  }
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
