import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** A way to a port of this machine that is as long as one through the world. */
export interface FarPort {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Opens one.
 * @param roundTrip milliseconds; a new connection costs one before it carries anything
 */
export async function openFarPort(target: number, roundTrip: number): Promise<FarPort> {
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, async (near) => {
    keep(near);
    if (roundTrip > 0) await sleep(roundTrip);
    const far = keep(connect({ port: target, host: "127.0.0.1", noDelay: true }));
    carry(near, far, roundTrip / 2);
    carry(far, near, roundTrip / 2);
  });
  const keep = (socket: Socket): Socket => {
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

function carry(from: Socket, to: Socket, delay: number): void {
  const later = (work: () => void): void => {
    if (delay === 0) work();
    else setTimeout(work, delay);
  };
  from.on("data", (chunk) => later(() => to.write(chunk)));
  from.on("end", () => later(() => to.end()));
  from.on("close", () => later(() => to.destroy()));
}
