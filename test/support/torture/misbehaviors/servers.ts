import { spawn } from "node:child_process";
import { createServer as createHttpServer, type RequestListener, type ServerResponse } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { basic } from "../../encoding.ts";

export const PASSWORD = "planted/for+broken %registries";
export const USER = "bob";
/** A connection on this machine that needs longer is not going to be accepted. */
const FULL_AFTER_MS = 300;
export const BASIC = basic(USER, PASSWORD);

/** A server of this machine that a run of the torture made, and ends. */
export interface StartedServer {
  readonly host: string;
  close(): Promise<void>;
}

/** Speaks HTTP. */
export function startHttp(listener: RequestListener, tls?: { key: string; cert: string }): Promise<StartedServer> {
  return listen(tls === undefined ? createHttpServer(listener) : createHttpsServer(tls, listener));
}

/** Answers a connection as it wants, once a client has sent its first request. */
export type Talk = (socket: Socket, request: string) => void;

/**
 * Writes whatever bytes it wants.
 * @param talk called for each connection without TLS; with TLS, which is tried first, it is cut
 */
export function startRaw(talk: Talk): Promise<StartedServer> {
  return listen(
    createServer((socket) => {
      socket.on("error", () => undefined);
      socket.once("data", (bytes) => {
        if (bytes[0] === 0x16) socket.destroy();
        else talk(socket, bytes.toString("latin1"));
      });
    }),
  );
}

/** Accepts connections and never sends a byte. */
export function startSilent(): Promise<StartedServer> {
  return listen(createServer((socket) => socket.on("error", () => undefined)));
}

/**
 * Does not even accept connections: a stopped program whose backlog is full, so that the next client gets no answer.
 */
export async function startUnconnectable(): Promise<StartedServer> {
  const program = `net.createServer().listen({ port: 0, host: "127.0.0.1", backlog: 1 }, function () {
    console.log(this.address().port);
  })`;
  const child = spawn(process.execPath, ["-e", program], { stdio: ["ignore", "pipe", "inherit"] });
  const port = await new Promise<number>((resolve) => child.stdout.once("data", (line) => resolve(Number(line))));
  child.kill("SIGSTOP");
  const waiting: Socket[] = [];
  for (let isTaken = true; isTaken; ) {
    const socket = connect(port, "127.0.0.1").on("error", () => undefined);
    waiting.push(socket);
    const connected = new Promise<boolean>((resolve) => socket.once("connect", () => resolve(true)));
    isTaken = await Promise.race([connected, sleep(FULL_AFTER_MS, false)]);
  }
  return {
    host: `localhost:${port}`,
    close: async () => {
      for (const socket of waiting) socket.destroy();
      child.kill("SIGKILL");
    },
  };
}

async function listen(server: Server): Promise<StartedServer> {
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

/** Writes a text, and then another one again and again, as fast as the reader takes it. */
export function flood(socket: Socket, first: string, rest: string): void {
  const write = (): void => {
    while (!socket.destroyed && socket.write(rest));
  };
  socket.on("drain", write);
  socket.write(first, write);
}

/** Writes these texts, one per interval in milliseconds, and then repeats the last one indefinitely. */
export function drip(socket: Socket | ServerResponse, texts: readonly string[], everyMs: number): void {
  let nth = 0;
  const timer = setInterval(() => {
    socket.write(texts[Math.min(nth++, texts.length - 1)] ?? "");
  }, everyMs);
  socket.on("close", () => clearInterval(timer));
}
