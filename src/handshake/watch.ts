import { channel } from "node:diagnostics_channel";
import type { ClientRequest, IncomingMessage } from "node:http";
import { printable, withoutControls } from "../printable.ts";

/**
 * Reports every request of this process, also those of libraries, as one line: method, host, status or error code, and
 * the proxy if there is one; never a path, query, header or body.
 * @param report receives each line; a host in it may come from a response, so it may hold a secret
 * @returns a function that ends it
 * Source: https://nodejs.org/api/diagnostics_channel.html#http
 */
export function watchRequests(report: (line: string) => void): () => void {
  const reportEnd = (request: ClientRequest, end: string): void =>
    report(withoutControls(`${describe(request)} ${end}`));
  const answered = (message: unknown): void => {
    const { request, response } = message as { request: ClientRequest; response: IncomingMessage };
    reportEnd(request, String(response.statusCode));
  };
  const failed = (message: unknown): void => {
    const { request, error } = message as { request: ClientRequest; error: NodeJS.ErrnoException };
    // The request that waits for the tunnel is reported, and names the proxy.
    if (request.method === "CONNECT") return;
    reportEnd(request, error.code ?? "failed");
  };
  const channels = [
    [channel("http.client.response.finish"), answered],
    [channel("http.client.request.error"), failed],
  ] as const;
  for (const [each, listener] of channels) each.subscribe(listener);
  return () => {
    for (const [each, listener] of channels) each.unsubscribe(listener);
  };
}

function describe(request: ClientRequest): string {
  // `host` of the proxy's URL does not include user and password.
  const { proxy } = (request as { agent?: { proxy?: URL } }).agent ?? {};
  const host = printable(String(request.getHeader("host") ?? request.host));
  return `${request.method} ${request.protocol}//${host}${proxy === undefined ? "" : ` through the proxy ${proxy.host}`}`;
}
