import { createServer as createHttpServer, type RequestListener, type ServerResponse } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { basic } from "../misbehaving-server.ts";

export const PASSWORD = "planted-for-broken-registries";
export const USER = "bob";
export const BASIC = basic(USER, PASSWORD);

/** A server of this machine that a run of the torture made, and ends. */
export interface Made {
  readonly host: string;
  close(): Promise<void>;
}

/** Speaks HTTP. */
export function startHttp(listener: RequestListener, tls?: { key: string; cert: string }): Promise<Made> {
  return listen(tls === undefined ? createHttpServer(listener) : createHttpsServer(tls, listener));
}

/**
 * Speaks as it likes.
 * @param talk called once a client has sent its first request without TLS; with TLS, which is tried first, it is cut
 */
export function startRaw(talk: (socket: Socket) => void): Promise<Made> {
  return listen(
    createServer((socket) => {
      socket.on("error", () => undefined);
      socket.once("data", (bytes) => {
        if (bytes[0] === 0x16) socket.destroy();
        else talk(socket);
      });
    }),
  );
}

/** Takes connections, and never says a word. */
export function startSilent(): Promise<Made> {
  return listen(createServer((socket) => socket.on("error", () => undefined)));
}

async function listen(server: Server): Promise<Made> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    host: `localhost:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** Writes these texts, one each so many milliseconds, and then the last one for ever. */
export function drip(socket: Socket | ServerResponse, texts: readonly string[], everyMs: number): void {
  let nth = 0;
  const timer = setInterval(() => {
    socket.write(texts[Math.min(nth++, texts.length - 1)] ?? "");
  }, everyMs);
  socket.on("close", () => clearInterval(timer));
}
