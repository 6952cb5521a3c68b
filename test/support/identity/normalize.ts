import type { CloudRequest } from "./requests.ts";

/** A request without what is different each time: what the service looks at. */
export interface PlainRequest {
  readonly method: string;
  readonly address: string;
  readonly query: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly form: Readonly<Record<string, unknown>>;
}

/** Headers that a service looks at. */
const HEADERS = ["authorization", "metadata-flavor", "metadata", "x-identity-header", "secret"];

/** What libraries send for statistics, and to correlate requests. */
const STATISTICS = /^(?:client-request-id|client_info|x-client-.*|x-ms-.*|x-app-.*|return-client-request-id)$/;

/** @param names replaces `host:port` of a server of this test by a name */
export function plainRequest(
  { method, host, path, query, headers, form, body }: CloudRequest,
  names: Readonly<Record<string, string>> = {},
): PlainRequest {
  const json = body.startsWith("{") ? JSON.parse(body) : null;
  return {
    method,
    address: `${names[host] ?? host.replace(/^127\.0\.0\.1:\d+$/, "LOCAL")}${path}`,
    query: plainFields(query),
    headers: plainFields(Object.fromEntries(HEADERS.flatMap((name) => (headers[name] ? [[name, headers[name]]] : [])))),
    form: json ?? plainFields(form),
  };
}

function plainFields(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const names = Object.keys(fields).filter((name) => !STATISTICS.test(name));
  return Object.fromEntries(names.sort().map((name) => [name, plainText(String(fields[name]))]));
}

/** A token by what it says, without its times. */
function plainText(text: string): unknown {
  const [, scheme = "", token = ""] = /^(Bearer |Basic )?(.*)$/s.exec(text.trim()) ?? [];
  if (/^eyJ[\w-]+\.[\w-]+\.[\w-]+$/.test(token)) {
    const [header, claims] = token.split(".", 2).map((part) => plainClaims(Buffer.from(part, "base64url").toString()));
    return { scheme, header, claims };
  }
  if (token.startsWith("%7B")) return plainAwsRequest(JSON.parse(decodeURIComponent(token)));
  if (/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(token) && scheme === "Basic ") return "Basic KEY";
  return token.startsWith("ya29.") ? `${scheme}ACCESS TOKEN` : text;
}

/** Fields that are different each time, by their name alone. */
const CHANGING = new Set(["iat", "exp", "nbf", "jti", "x5t#S256", "x5c", "typ"]);

function plainClaims(text: string): Record<string, unknown> {
  const entries = Object.entries(JSON.parse(text)).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(
    entries.flatMap(([name, value]) => (name === "typ" ? [] : [[name, CHANGING.has(name) ? "..." : value]])),
  );
}

/** A signed request of AWS: which headers it has, and which of them are signed. */
function plainAwsRequest({
  url,
  method,
  headers,
}: {
  readonly url: string;
  readonly method: string;
  readonly headers: readonly { readonly key: string; readonly value: string }[];
}): object {
  const signed = headers.find(({ key }) => key.toLowerCase() === "authorization")?.value ?? "";
  return {
    url: new URL(url).href,
    method,
    headers: headers.map(({ key }) => key.toLowerCase()).sort(),
    signed: /SignedHeaders=([^,]+)/.exec(signed)?.[1],
  };
}
