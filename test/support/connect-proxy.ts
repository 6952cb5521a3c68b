import { createServer, type ServerResponse } from "node:http";
import { type AddressInfo, connect } from "node:net";
import type { Duplex } from "node:stream";
import { onTestFinished } from "vitest";
import { closeServer } from "./embedded-registry.ts";

/** A proxy of this machine that ends with the test. */
export interface ConnectProxy {
  /** `127.0.0.1:PORT`, or the path of a unix socket. */
  readonly host: string;
  /** Every request: `CONNECT host:port`, or `GET http://...` for plain http. */
  readonly requests: readonly string[];
}

/**
 * Starts a proxy that connects every tunnel to one port, whatever host the client names.
 * @param refusal what to answer instead of opening a tunnel: a status line and headers
 * @param target the address that has the port; this machine's
 * @param socket the path of a unix socket to listen at; by default it is a port of this machine
 */
export async function startConnectProxy(
  port: number,
  refusal?: string,
  target = "127.0.0.1",
  socket?: string,
): Promise<ConnectProxy> {
  const requests: string[] = [];
  const server = createServer((request, response: ServerResponse) => {
    requests.push(`${request.method} ${request.url}`);
    response.writeHead(502).end();
  });
  const sockets = new Set<Duplex>();
  server.on("connect", (request, client: Duplex) => {
    requests.push(`CONNECT ${request.url}`);
    sockets.add(client);
    client.on("error", () => client.destroy());
    if (refusal !== undefined) return client.end(`HTTP/1.1 ${refusal}\r\ncontent-length: 0\r\n\r\n`);
    const upstream = connect(port, target, () => {
      client.write("HTTP/1.1 200 Connection established\r\n\r\n");
      upstream.pipe(client).pipe(upstream);
    });
    sockets.add(upstream);
    upstream.on("error", () => client.destroy());
  });
  await new Promise<void>((resolve) => {
    if (socket === undefined) server.listen(0, "127.0.0.1", resolve);
    else server.listen(socket, resolve);
  });
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await closeServer(server);
  });
  return { host: socket ?? `127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}
