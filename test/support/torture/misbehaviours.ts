import type { RequestListener } from "node:http";
import type { Socket } from "node:net";
import type { Certificate } from "../certificate.ts";
import { freePort } from "../free-port.ts";
import { answer, bearer } from "../misbehaving-server.ts";
import { BASIC, drip, type Made, startHttp, startRaw, startSilent } from "./servers.ts";

/** A registry that does wrong, and what the agent may call it. */
export interface Misbehaviour {
  readonly name: string;
  readonly codes: readonly (string | null)[];
  start(): Promise<Made>;
}

export interface World {
  /** Where no credential may ever come. */
  readonly trap: string;
  readonly good: Certificate;
  readonly expired: Certificate;
  readonly otherName: Certificate;
}

const BASIC_CHALLENGE = { "www-authenticate": "Basic" };
const OK = "HTTP/1.1 200 OK\r\n";
const TOO_LONG = ["answer-too-long", "not-http"];

/** All of them. */
export function allMisbehaviours(world: World): Misbehaviour[] {
  return [
    { name: "nothing listens", codes: ["connection-refused"], start: nobody },
    http("does well", [null], (request, response) =>
      answer(response, request.headers.authorization === BASIC ? 200 : 401, BASIC_CHALLENGE),
    ),
    { name: "silent from the start", codes: ["no-answer"], start: startSilent },
    raw("resets", ["connection-cut"], (socket) => socket.resetAndDestroy()),
    raw("resets in the headers", ["connection-cut"], (socket) => socket.write(OK, () => socket.resetAndDestroy())),
    raw("resets in the body", ["connection-cut"], (socket) =>
      socket.write(`${OK}content-length: 99\r\n\r\n{`, () => socket.resetAndDestroy()),
    ),
    raw("ends in the body", ["connection-cut"], (socket) => socket.end(`${OK}content-length: 99\r\n\r\n{`)),
    raw("hangs before the status", ["no-answer"], () => undefined),
    raw("hangs in the headers", ["no-answer"], (socket) => socket.write(`${OK}x: `)),
    raw("hangs in the body", ["no-answer"], (socket) => socket.write(`${OK}content-length: 99\r\n\r\n{`)),
    raw("answers byte by byte", ["no-answer"], (socket) => drip(socket, [...`${OK}x: `, "y"], 100)),
    raw("has a body without end, byte by byte", ["no-answer"], (socket) => drip(socket, [`${OK}\r\n`, "y"], 50)),
    raw("has headers without end", TOO_LONG, (socket) => drip(socket, [OK, `x: ${"y".repeat(9000)}\r\n`], 1)),
    raw("has a body without end", TOO_LONG, (socket) => drip(socket, [`${OK}\r\n`, "y".repeat(65_536)], 1)),
    raw("says for ever that it goes on", ["no-answer"], (socket) =>
      drip(socket, ["HTTP/1.1 102 Processing\r\n\r\n"], 20),
    ),
    raw("wants another protocol", ["no-answer", "connection-cut", "not-http", "not-a-registry"], (socket) =>
      socket.write("HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n"),
    ),
    raw("speaks no HTTP", ["not-http"], (socket) => socket.end("SSH-2.0-OpenSSH_9.9\r\n")),
    http("shows a web page", ["web-page"], (_, response) =>
      answer(response, 200, { "content-type": "text/html" }, "<html></html>"),
    ),
    ...redirects(world),
    ...challenges(),
    ...statuses(),
    tls("has an expired certificate", "certificate-expired", world.expired),
    tls("has a certificate of another name", "certificate-name", world.otherName),
  ];
}

function redirects({ trap, good }: World): Misbehaviour[] {
  const to =
    (location: string): RequestListener =>
    (_, response) =>
      answer(response, 307, { location });
  return [
    http("redirects within itself", [null], (request, response) => {
      if (request.url === "/v2/") answer(response, 307, { location: "/registry/v2/" });
      else answer(response, request.headers.authorization === BASIC ? 200 : 401, BASIC_CHALLENGE);
    }),
    http("redirects to a page of its own", ["redirected"], to("/login")),
    http("redirects to another host", ["redirected"], to(`http://${trap}/v2/`)),
    http("redirects in a circle", ["redirected"], to("/v2/")),
    http("redirects to nowhere", ["redirected"], to("http://[")),
    {
      name: "redirects from https to http",
      codes: ["redirected"],
      start: () => startHttp(to(`http://${trap}/v2/`), good),
    },
  ];
}

function challenges(): Misbehaviour[] {
  const texts = [
    "",
    "Bearer",
    "Bearer realm=",
    'Bearer realm="',
    "Negotiate",
    "\u00ff\u00fe",
    `Basic ${"x".repeat(8000)}=,"`,
  ];
  const to =
    (path: string, listener: RequestListener): RequestListener =>
    (request, response) => {
      if (request.url?.startsWith(path)) listener(request, response);
      else answer(response, 401, bearer(`http://${request.headers.host}${path}`));
    };
  return [
    ...texts.map((text) =>
      http(`asks for ${JSON.stringify(text.slice(0, 20))}`, ["*"], (_, response) =>
        answer(response, 401, text === "" ? {} : { "www-authenticate": text }),
      ),
    ),
    http("names a token service elsewhere", ["token-service-untrusted"], (_, response) =>
      answer(response, 401, bearer("https://169.254.169.254/token")),
    ),
    http(
      "has a token service that hangs",
      ["no-answer"],
      to("/token", () => undefined),
    ),
    http(
      "has a token service that gives a page",
      ["token-missing"],
      to("/token", (_, response) => answer(response, 200, { "content-type": "text/html" }, "<html></html>")),
    ),
    http(
      "has a token service that is down",
      ["registry-busy"],
      to("/token", (_, response) => answer(response, 503)),
    ),
    http("hangs once it sees the password", ["no-answer"], (request, response) => {
      if (request.headers.authorization === undefined) answer(response, 401, BASIC_CHALLENGE);
    }),
  ];
}

function statuses(): Misbehaviour[] {
  return [
    ...["3600", "1", "soon", "-1", "Wed, 21 Oct 2099 07:28:00 GMT"].map((wait) =>
      http(`answers 429, Retry-After ${wait}`, ["registry-busy"], (_, response) =>
        answer(response, 429, { "retry-after": wait }),
      ),
    ),
    ...[500, 502, 503, 504].map((status) =>
      http(`answers ${status}`, ["registry-busy"], (_, response) => answer(response, status)),
    ),
    ...[204, 302, 400, 404, 418].map((status) =>
      http(`answers ${status}`, ["*"], (_, response) => answer(response, status)),
    ),
  ];
}

function http(name: string, codes: readonly (string | null)[], listener: RequestListener): Misbehaviour {
  return { name, codes, start: () => startHttp(listener) };
}

function raw(name: string, codes: readonly string[], talk: (socket: Socket) => void): Misbehaviour {
  return { name, codes, start: () => startRaw(talk) };
}

function tls(name: string, code: string, certificate: Certificate): Misbehaviour {
  return { name, codes: [code], start: () => startHttp((_, response) => answer(response, 200), certificate) };
}

async function nobody(): Promise<Made> {
  return { host: `localhost:${await freePort()}`, close: async () => undefined };
}
