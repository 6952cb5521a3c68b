import { freePort } from "../../free-port.ts";
import { type Misbehavior, OK, raw } from "./misbehavior.ts";
import { drip, startSilent, startUnconnectable } from "./servers.ts";

/** An answer that is too long, which Node's own parser sometimes rejects first. */
const TOO_LONG = ["answer-too-long", "not-http"] as const;

/** Registries that refuse or reset the connection, hang, are slow, or never finish. */
export function connections(): Misbehavior[] {
  return [
    { name: "refuses the connection", codes: ["connection-refused"], start: startNothing },
    raw("resets after the request", "connection-cut", (socket) => socket.resetAndDestroy()),
    raw("resets in the headers", "connection-cut", (socket) => socket.write(OK, () => socket.resetAndDestroy())),
    raw("resets in the body", "connection-cut", (socket) =>
      socket.write(`${OK}content-length: 99\r\n\r\n{`, () => socket.resetAndDestroy()),
    ),
    raw("ends in the body", "connection-cut", (socket) => socket.end(`${OK}content-length: 99\r\n\r\n{`)),
    { name: "hangs at the connection", codes: ["no-answer"], start: startUnconnectable },
    { name: "hangs at the TLS handshake", codes: ["no-answer"], start: startSilent },
    raw("hangs before the status", "no-answer", () => undefined),
    raw("hangs in the headers", "no-answer", (socket) => socket.write(`${OK}x: `)),
    raw("hangs in the body", "no-answer", (socket) => socket.write(`${OK}content-length: 99\r\n\r\n{`)),
    raw("answers slowly, its headers byte by byte", "no-answer", (socket) => drip(socket, [...`${OK}x: `, "y"], 100)),
    raw("answers slowly, its body byte by byte", "no-answer", (socket) => drip(socket, [`${OK}\r\n`, "y"], 50)),
    raw("has endless headers", TOO_LONG, (socket) => drip(socket, [OK, `x: ${"y".repeat(9000)}\r\n`], 1)),
    raw("has an endless body", TOO_LONG, (socket) => drip(socket, [`${OK}\r\n`, "y".repeat(65_536)], 1)),
    raw("sends 102 Processing indefinitely", "no-answer", (socket) =>
      drip(socket, ["HTTP/1.1 102 Processing\r\n\r\n"], 20),
    ),
    raw("switches to a different protocol", ["no-answer", "connection-cut", "not-http"], (socket) =>
      socket.write("HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n"),
    ),
    raw("does not speak HTTP", "not-http", (socket) => socket.end("SSH-2.0-OpenSSH_9.9\r\n")),
  ];
}

async function startNothing(): Promise<{ host: string; close(): Promise<void> }> {
  return { host: `localhost:${await freePort()}`, close: async () => undefined };
}
