import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** A port of this machine that leads to another one with the delay of a distant server. */
export interface DelayedPort {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Opens a delayed port.
 * @param roundTrip milliseconds; a new connection takes one round trip before it carries anything
 */
export async function openDelayedPort(target: number, roundTrip: number): Promise<DelayedPort> {
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, async (near) => {
    track(near);
    if (roundTrip > 0) await sleep(roundTrip);
    const far = track(connect({ port: target, host: "127.0.0.1", noDelay: true }));
    forward(near, far, roundTrip / 2);
    forward(far, near, roundTrip / 2);
  });
  const track = (socket: Socket): Socket => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy()).on("close", () => sockets.delete(socket));
    return socket;
  };
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", 1024, resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function forward(from: Socket, to: Socket, delay: number): void {
  const later = (work: () => void): void => {
    if (delay === 0) work();
    else setTimeout(work, delay);
  };
  from.on("data", (chunk) => later(() => to.write(chunk)));
  from.on("end", () => later(() => to.end()));
  from.on("close", () => later(() => to.destroy()));
}
