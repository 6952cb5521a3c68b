import { freePort } from "../../free-port.ts";
import { acceptLogin, http, type Misbehavior, OK, raw } from "./misbehavior.ts";
import { BASIC, drip, flood, startSilent, startUnconnectable } from "./servers.ts";

/** An answer that is too long, which Node's own parser sometimes rejects first. */
const TOO_LONG = ["answer-too-long", "not-http"] as const;

const SWITCH = "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n";
const CHUNKED = `${OK}transfer-encoding: chunked\r\n\r\n`;

/** Registries that refuse or reset the connection, hang, are slow, never finish, or break HTTP. */
export function connections(): Misbehavior[] {
  return [...cut(), ...hanging(), ...endless(), ...upgrades(), ...lengths(), ...unusual()];
}

function cut(): Misbehavior[] {
  return [
    { name: "refuses the connection", codes: ["connection-refused"], start: startNothing },
    raw("resets after the request", "connection-cut", (socket) => socket.resetAndDestroy()),
    raw("resets in the headers", "connection-cut", (socket) => socket.write(OK, () => socket.resetAndDestroy())),
    raw("resets in the body", "connection-cut", (socket) =>
      socket.write(`${OK}content-length: 99\r\n\r\n{`, () => socket.resetAndDestroy()),
    ),
    raw("ends without an answer", "connection-cut", (socket) => socket.end()),
    raw("ends in the headers", "connection-cut", (socket) => socket.end(`${OK}x: `)),
    raw("ends in the body", "connection-cut", (socket) => socket.end(`${OK}content-length: 99\r\n\r\n{`)),
    raw("ends in a chunk", "connection-cut", (socket) => socket.end(`${CHUNKED}5\r\n{`)),
    raw("ends between two chunks", "connection-cut", (socket) => socket.end(`${CHUNKED}1\r\n{\r\n`)),
    http("closes each connection that it promised to keep", null, (request, response) => {
      response.on("finish", () => setImmediate(() => request.socket.destroy()));
      acceptLogin(request, response);
    }),
  ];
}

function hanging(): Misbehavior[] {
  return [
    { name: "hangs at the connection", codes: ["no-answer"], start: startUnconnectable },
    { name: "hangs at the TLS handshake", codes: ["no-answer"], start: startSilent },
    raw("hangs before the status", "no-answer", () => undefined),
    raw("hangs in the headers", "no-answer", (socket) => socket.write(`${OK}x: `)),
    raw("hangs in the body", "no-answer", (socket) => socket.write(`${OK}content-length: 99\r\n\r\n{`)),
    raw("hangs in a chunk", "no-answer", (socket) => socket.write(`${CHUNKED}5\r\n{`)),
    raw("hangs after an informational response", "no-answer", (socket) =>
      socket.write("HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n"),
    ),
    raw("answers as a proxy does, and waits", "no-answer", (socket) =>
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n"),
    ),
    raw("answers slowly, its headers byte by byte", "no-answer", (socket) => drip(socket, [...`${OK}x: `, "y"], 100)),
    raw("answers slowly, its body byte by byte", "no-answer", (socket) => drip(socket, [`${OK}\r\n`, "y"], 50)),
  ];
}

function endless(): Misbehavior[] {
  return [
    raw("has endless headers", TOO_LONG, (socket) => drip(socket, [OK, `x: ${"y".repeat(9000)}\r\n`], 1)),
    raw("has a header without an end", TOO_LONG, (socket) => drip(socket, [`${OK}x: `, "y".repeat(9000)], 1)),
    raw("has an endless body", TOO_LONG, (socket) => drip(socket, [`${OK}\r\n`, "y".repeat(65_536)], 1)),
    raw("has endless chunks of one byte", TOO_LONG, (socket) => flood(socket, CHUNKED, "1\r\ny\r\n".repeat(1000))),
    raw("has an endless chunk extension", TOO_LONG, (socket) => flood(socket, `${CHUNKED}1;`, "y".repeat(9000))),
    raw("has endless trailers", TOO_LONG, (socket) => flood(socket, `${CHUNKED}0\r\n`, `x: ${"y".repeat(9000)}\r\n`)),
    raw("sends 102 Processing indefinitely", ["no-answer", "answer-too-long"], (socket) =>
      drip(socket, ["HTTP/1.1 102 Processing\r\n\r\n"], 20),
    ),
    raw("sends 102 Processing as fast as it can", "answer-too-long", (socket) =>
      flood(socket, "", "HTTP/1.1 102 Processing\r\n\r\n".repeat(100)),
    ),
  ];
}

function upgrades(): Misbehavior[] {
  return [
    raw("switches to a different protocol", "not-http", (socket) => socket.write(SWITCH)),
    raw("switches to a different protocol and ends", "not-http", (socket) => socket.end(SWITCH)),
    raw("switches to a different protocol and sends bytes", "not-http", (socket) =>
      flood(socket, SWITCH, "y".repeat(9000)),
    ),
    http("switches to a different protocol once it sees the password", "not-http", (request, response) => {
      if (request.headers.authorization === undefined) acceptLogin(request, response);
      else request.socket.write(SWITCH);
    }),
    raw("requires an upgrade", "not-a-registry", (socket) =>
      socket.end(
        "HTTP/1.1 426 Upgrade Required\r\nconnection: upgrade\r\nupgrade: HTTP/3.0\r\ncontent-length: 0\r\n\r\n",
      ),
    ),
  ];
}

function lengths(): Misbehavior[] {
  return [
    ...["-1", "99999999999999999999999", "0x10", "1, 2", "x"].map((length) =>
      raw(`has the content length ${length}`, "not-http", (socket) =>
        socket.end(`${OK}content-length: ${length}\r\n\r\n{}`),
      ),
    ),
    raw("has two content lengths", "not-http", (socket) =>
      socket.end(`${OK}content-length: 1\r\ncontent-length: 2\r\n\r\n{}`),
    ),
    raw("has a content length and chunks", "not-http", (socket) =>
      socket.end(`${OK}content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n`),
    ),
    raw("sends more than its content length", [null, "not-http"], (socket, request) =>
      socket.end(`${statusLine(request)}content-length: 2\r\n\r\n{}{}{}`),
    ),
    raw("answers twice", [null, "not-http"], (socket, request) => {
      const answer = `${statusLine(request)}content-length: 2\r\n\r\n{}`;
      socket.end(answer + answer);
    }),
  ];
}

function unusual(): Misbehavior[] {
  return [
    raw("does not speak HTTP", "not-http", (socket) => socket.end("SSH-2.0-OpenSSH_9.9\r\n")),
    raw("answers with HTTP/1.0, without a length", [null], (socket, request) =>
      socket.end(`${statusLine(request).replace("1.1", "1.0")}\r\n{}`),
    ),
    raw("answers with HTTP/0.9", "not-http", (socket) => socket.end("{}")),
    http("sends early hints before each answer", null, (request, response) => {
      response.writeEarlyHints({ link: "</v2/>; rel=preload" });
      acceptLogin(request, response);
    }),
    ...["000", "099", "600", "999"].map((status) =>
      raw(`answers with the status ${status}`, "not-http", (socket) =>
        socket.end(`HTTP/1.1 ${status} Strange\r\ncontent-length: 0\r\n\r\n`),
      ),
    ),
    raw("answers with a status of eight digits", "not-http", (socket) => socket.end("HTTP/1.1 20000000 OK\r\n\r\n")),
  ];
}

/** Accepts the right password, and challenges everybody else. */
function statusLine(request: string): string {
  return request.includes(BASIC) ? OK : "HTTP/1.1 401 Unauthorized\r\nwww-authenticate: Basic\r\n";
}

async function startNothing(): Promise<{ host: string; close(): Promise<void> }> {
  return { host: `localhost:${await freePort()}`, close: async () => undefined };
}
