import { type Code, explain } from "../findings/finding.ts";
import { type Verdict, verdictOf } from "./verdict.ts";

/** Hints that name a setting of this machine, which helps against a token service that cannot be reached, too. */
const OF_THIS_MACHINE: ReadonlySet<string> = new Set<Code>([
  "host-lookup",
  "connection-cut",
  "no-route",
  "no-answer",
  "certificate-authority",
  "certificate-early",
  "certs-folder",
  "client-certificate",
  "proxy-login",
  "proxy-address",
  "proxy-scheme",
  "proxy-refuses",
  "proxy-unreachable",
  "proxy-certificate",
  "registry-busy",
  "too-many-requests",
]);

/**
 * What goes wrong with a token service, told of that service and not of the registry, which has answered.
 * @param verdict about the service's host
 * @param hosts `host[:port]` of both
 */
export function ofTokenService(
  verdict: Verdict,
  { registry, service }: { readonly registry: string; readonly service: string },
): Verdict {
  const { code, detail, hint } = verdict;
  const isOwn = code !== null && OF_THIS_MACHINE.has(code);
  const advice = isOwn ? hint : `ask the registry's administrator: ${registry} names ${service} as its token service`;
  const finding = explain("token-service-failed", { host: registry, cause: detail, advice });
  return { ...verdictOf(verdict.outcome, finding), asked: "token-service" };
}
