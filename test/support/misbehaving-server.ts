import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import { closeServer } from "./embedded-registry.ts";

/** One request that arrived. */
export interface Seen {
  readonly path: string;
  readonly authorization: string | null;
}

/** A server of this machine that answers as a test wants; it ends with the test. */
export interface LocalServer {
  /** `localhost:PORT` */
  readonly host: string;
  readonly port: number;
  readonly seen: readonly Seen[];
}

/** Answers the request with this number, counted from 0. */
export type Handler = (response: ServerResponse, nth: number, request: IncomingMessage) => void;

export async function startServer(handler: Handler, tls?: { key: string; cert: string }): Promise<LocalServer> {
  const seen: Seen[] = [];
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    seen.push({ path: request.url ?? "", authorization: request.headers.authorization ?? null });
    handler(response, seen.length - 1, request);
  };
  const server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => closeServer(server));
  const { port } = server.address() as AddressInfo;
  return { host: `localhost:${port}`, port, seen };
}

/** Answers with a status, headers and a body. */
export function answer(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string | readonly string[]>> = {},
  body = "{}",
): void {
  response.writeHead(status, headers as Record<string, string | string[]>).end(body);
}

/** A registry that is down for an hour: no verdict, and no wait for one. @returns its host */
export async function startDownRegistry(): Promise<string> {
  const server = await startServer((response) => answer(response, 503, { "retry-after": "3600" }));
  return server.host;
}

/** The challenge of a registry that requires a token of this token service. */
export function bearer(realm: string): Record<string, string> {
  return { "www-authenticate": `Bearer realm="${realm}",service="test"` };
}
