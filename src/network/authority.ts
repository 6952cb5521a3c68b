import { X509Certificate } from "node:crypto";
import * as https from "node:https";
import type { LookupFunction } from "node:net";
import type { DetailedPeerCertificate, PeerCertificate, TLSSocket } from "node:tls";
import type { Environment } from "../platform/environment.ts";
import { trustedCertificates } from "./certificates.ts";
import { failure } from "./failure.ts";
import { proxyFor } from "./proxy.ts";
import { TunnelAgent } from "./tunnel.ts";

/** A longer chain is an attack. */
const MAX_CHAIN = 20;

interface Surroundings {
  readonly env: Environment;
  readonly lookup: LookupFunction;
  readonly signal: AbortSignal;
}

/**
 * The error of a certificate that nobody trusted has signed, with the name of its authority: the certificate is read once more,
 * without a request. A server that sends its own certificate alone, although an authority in between signed it, has
 * ERR_CERT_INCOMPLETE. Clients fail there, too: they do not fetch what is missing.
 */
export async function describeAuthority(
  error: NodeJS.ErrnoException,
  url: URL,
  surroundings: Surroundings,
): Promise<Error> {
  const { code = "" } = error;
  const certificate = await readCertificate(url, surroundings);
  if (certificate === null) return failure(code);
  const last = lastOf(certificate);
  const isOpen = code.startsWith("UNABLE_TO_") && last.issuerCertificate === undefined;
  const isAlone = last === certificate;
  const isIncomplete = isOpen && ((isAlone && namesIssuer(last)) || isBelowTrusted(last, surroundings.env));
  return failure(isIncomplete ? "ERR_CERT_INCOMPLETE" : code, { issuer: readName(last.issuer) });
}

/** The end of the chain that a server sends; its issuer is missing, or it is an authority that signed itself. */
function lastOf(certificate: DetailedPeerCertificate): DetailedPeerCertificate {
  let last = certificate;
  for (let length = 0; length < MAX_CHAIN && last.issuerCertificate !== undefined; length++) {
    if (last.issuerCertificate === last) break;
    last = last.issuerCertificate;
  }
  return last;
}

/** A certificate that says where its issuer's certificate can be fetched has an issuer that others know. */
function namesIssuer({ infoAccess }: PeerCertificate): boolean {
  return (infoAccess?.["CA Issuers - URI"] ?? []).length > 0;
}

/** Is an authority of the same organization trusted here? Then it is one in between that is missing. */
function isBelowTrusted({ issuer }: PeerCertificate, env: Environment): boolean {
  const [organization] = [issuer?.O ?? ""].flat();
  if (organization === "" || organization === undefined) return false;
  const blocks = trustedCertificates(env).flatMap(
    (text) => text.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [],
  );
  return blocks.some((block) => {
    try {
      return new X509Certificate(block).subject.split("\n").includes(`O=${organization}`);
    } catch {
      return false;
    }
  });
}

/** The certificate of a server, or null if it cannot be read. No request and no credential is sent. */
async function readCertificate(
  url: URL,
  { env, lookup, signal }: Surroundings,
): Promise<DetailedPeerCertificate | null> {
  const proxy = proxyFor(url, env);
  // The certificate is only read, so it need not be trusted.
  const options = { rejectUnauthorized: false, lookup };
  const agent = proxy === null ? new https.Agent(options) : new TunnelAgent(proxy, options);
  const request = https.request(url, { ...options, agent, method: "HEAD", signal });
  try {
    return await new Promise((resolve) => {
      request.on("socket", (socket) => {
        const read = (): void => resolve((socket as TLSSocket).getPeerCertificate(true));
        if ((socket as TLSSocket).getPeerCertificate?.()?.issuer !== undefined) read();
        else socket.once("secureConnect", read);
      });
      request.on("error", () => resolve(null));
      request.on("close", () => resolve(null));
      // An agent that waits for a proxy does not react to the signal.
      signal.addEventListener("abort", () => resolve(null), { once: true });
    });
  } finally {
    request.destroy();
    agent.destroy();
  }
}

/** The name of an issuer. The server chose this text: characters that could break the line are removed. */
function readName(issuer: PeerCertificate["issuer"] | undefined): string {
  const name: unknown = issuer?.O ?? issuer?.CN ?? "";
  return [name]
    .flat()
    .join(", ")
    .replace(/[^\p{L}\p{N} .,&()'/-]/gu, "")
    .slice(0, 80);
}
