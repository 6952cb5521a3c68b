import { channel } from "node:diagnostics_channel";
import type { ClientRequest, IncomingMessage } from "node:http";
import { readCodespacesSecrets } from "../discovery/codespaces.ts";
import { discover } from "../discovery/discover.ts";
import type { Environment } from "../platform/environment.ts";

import { createRedactor } from "../redact.ts";

/**
 * Tells of every request of this process, whoever sends it, as one line: method, host, status or error code, and the
 * proxy if there is one; never a path, query, header or body.
 * @returns what ends it
 * Source: https://nodejs.org/api/diagnostics_channel.html#http
 */
export function watchRequests(
  { env, codespacesFile }: { readonly env: Environment; readonly codespacesFile: string },
  say: (line: string) => void,
): () => void {
  const { secrets } = discover(
    env,
    { registries: new Map(), githubToken: "always" },
    readCodespacesSecrets(codespacesFile),
  );
  // A host name may come out of an answer, so a hostile one could hold a secret.
  const redact = createRedactor(secrets);
  const tell = (request: ClientRequest, end: string): void => say(redact(`${describe(request)} ${end}`));
  const answered = (message: unknown): void => {
    const { request, response } = message as { request: ClientRequest; response: IncomingMessage };
    tell(request, String(response.statusCode));
  };
  const failed = (message: unknown): void => {
    const { request, error } = message as { request: ClientRequest; error: NodeJS.ErrnoException };
    tell(request, error.code ?? error.name);
  };
  const channels = [
    [channel("http.client.response.finish"), answered],
    [channel("http.client.request.error"), failed],
  ] as const;
  for (const [each, hear] of channels) each.subscribe(hear);
  return () => {
    for (const [each, hear] of channels) each.unsubscribe(hear);
  };
}

function describe(request: ClientRequest): string {
  // The agent of https-proxy-agent names its proxy; user and password are not a part of `host`.
  const { proxy } = (request as { agent?: { proxy?: URL } }).agent ?? {};
  const host = String(request.getHeader("host") ?? request.host);
  return `${request.method} ${request.protocol}//${host}${proxy === undefined ? "" : ` through the proxy ${proxy.host}`}`;
}
