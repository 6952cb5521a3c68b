import { channel } from "node:diagnostics_channel";
import type { ClientRequest, IncomingMessage } from "node:http";
import { type CodespacesContext, readCodespacesSecrets } from "../discovery/codespaces.ts";
import { discover } from "../discovery/discover.ts";
import { printable, withoutControls } from "../printable.ts";
import { createRedactor } from "../redact.ts";

/**
 * Reports every request of this process, also those of libraries, as one line: method, host, status or error code, and
 * the proxy if there is one; never a path, query, header or body.
 * @param report receives each line
 * @returns a function that ends it
 * Source: https://nodejs.org/api/diagnostics_channel.html#http
 */
export function watchRequests(context: CodespacesContext, report: (line: string) => void): () => void {
  const { secrets } = discover(
    context.env,
    { registries: new Map(), githubToken: "always" },
    readCodespacesSecrets(context),
  );
  // A host name may come from a response, so a hostile server could put a secret into it.
  const redact = createRedactor(secrets);
  const reportEnd = (request: ClientRequest, end: string): void =>
    report(withoutControls(redact(`${describe(request)} ${end}`)));
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
