import { readVectors } from "./vectors.ts";

/** Does an entry of NO_PROXY cover a URL? */
export interface NoProxyRow {
  readonly noProxy: string;
  readonly url: string;
  readonly isCovered: boolean;
}

/** Where a request to a URL goes with these variables. `unknown`: to a proxy of a kind that there is not. */
export interface VariablesRow {
  readonly env: Readonly<Record<string, string>>;
  readonly url: string;
  readonly expected: "proxy" | "direct" | "unknown";
}

/** Go's rules for proxies, as tables. */
export const PROXY_RULES = readVectors<{
  noProxy: readonly NoProxyRow[];
  internationalNames: readonly NoProxyRow[];
  variables: readonly VariablesRow[];
}>("proxy-rules");

/** The variables of a row, with the port of a proxy. */
export function withPort(env: Readonly<Record<string, string>>, port: number): Record<string, string> {
  return Object.fromEntries(Object.entries(env).map(([name, value]) => [name, value.replace("PORT", String(port))]));
}
