import { connect } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import type { Code } from "../../../src/findings/finding.ts";
import { makeCertificate } from "../../support/certificate.ts";
import { startConnectProxy } from "../../support/connect-proxy.ts";
import { basic } from "../../support/encoding.ts";
import { ask, BASIC } from "../../support/handshake.ts";
import { answer, startServer } from "../../support/misbehaving-server.ts";
import { drip, startRaw, type Talk } from "../../support/torture/misbehaviors/servers.ts";

interface Row {
  readonly what: string;
  readonly code: Code;
  readonly talk: Talk;
}

const status = (line: string): Row => ({
  what: `answers ${line}`,
  code: line.startsWith("407") ? "proxy-login" : "proxy-refuses",
  talk: (socket) => socket.end(`HTTP/1.1 ${line}\r\ncontent-type: text/html\r\n\r\n<html>Blocked</html>`),
});

const proxies: readonly Row[] = [
  ...["302 Found", "403 Forbidden", "407 Proxy Authentication Required", "502 Bad Gateway", "503 Busy"].map(status),
  status("101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x"),
  { what: "closes without an answer", code: "proxy-unreachable", talk: (socket) => socket.end() },
  { what: "resets the connection", code: "proxy-unreachable", talk: (socket) => socket.resetAndDestroy() },
  { what: "ends in the headers", code: "proxy-unreachable", talk: (socket) => socket.end("HTTP/1.1 200 OK\r\nx: ") },
  { what: "does not speak HTTP", code: "proxy-scheme", talk: (socket) => socket.end("SSH-2.0-OpenSSH_9.9\r\n") },
  {
    what: "has endless headers",
    code: "proxy-scheme",
    talk: (socket) => drip(socket, ["HTTP/1.1 200 OK\r\n", `x: ${"y".repeat(9000)}\r\n`], 1),
  },
  { what: "hangs in the headers", code: "no-answer", talk: (socket) => socket.write("HTTP/1.1 200 OK\r\nx: ") },
  { what: "opens the tunnel and hangs", code: "no-answer", talk: (socket) => socket.write("HTTP/1.1 200 OK\r\n\r\n") },
  {
    what: "opens the tunnel and closes it",
    code: "connection-cut",
    talk: (socket) => socket.end("HTTP/1.1 200 OK\r\n\r\n"),
  },
  {
    what: "answers with a page of its own",
    code: "no-tls",
    talk: (socket) => socket.end("HTTP/1.1 200 OK\r\n\r\n<html>"),
  },
];

test.each(proxies)("a proxy that $what", async ({ code, talk }) => {
  const proxy = await startRaw(talk);
  onTestFinished(proxy.close);
  const env = { HTTPS_PROXY: `http://${proxy.host}` };
  expect(await ask("registry.example.com", { env, timeoutMs: 2500 })).toMatchObject({ outcome: "unreachable", code });
});

test("the proxy's login goes to the proxy and not to the registry, and the registry's not to the proxy", async () => {
  const certificate = makeCertificate("registry.example.com");
  const fields: (readonly [string, string | undefined])[] = [];
  const server = await startServer((response, _, { headers }) => {
    fields.push(["registry", headers["proxy-authorization"]]);
    answer(response, headers.authorization === BASIC ? 200 : 401, { "www-authenticate": "Basic" });
  }, certificate);
  const asked: string[] = [];
  const inner = await startConnectProxy(server.port);
  const proxy = await startRaw((socket, request) => {
    asked.push(request);
    const [host, port] = inner.host.split(":");
    const onward = connect(Number(port), host, () => {
      onward.write(request);
      socket.pipe(onward).pipe(socket);
    });
    onward.on("error", () => socket.destroy());
  });
  onTestFinished(proxy.close);
  const env = { SSL_CERT_FILE: certificate.certFile, HTTPS_PROXY: `http://me:50%25%40off@${proxy.host}` };
  expect(await ask("registry.example.com", { env })).toMatchObject({ outcome: "verified" });
  expect(fields).toEqual([
    ["registry", undefined],
    ["registry", undefined],
  ]);
  expect(asked).toHaveLength(1);
  expect(asked[0]).toMatch(/^CONNECT registry\.example\.com:443 HTTP\/1\.1\r\n/);
  expect(asked[0]).toContain(basic("me", "50%@off"));
  expect(asked[0]).not.toContain(BASIC);
});

test.each([
  ["[2606:4700::1111]", "CONNECT [2606:4700::1111]:443"],
  ["registry.example.com:8443", "CONNECT registry.example.com:8443"],
])("the tunnel to %s is named in full", async (server, request) => {
  const proxy = await startConnectProxy(1, "403 Forbidden");
  expect(await ask(server, { env: { HTTPS_PROXY: `http://${proxy.host}` } })).toMatchObject({ code: "proxy-refuses" });
  expect(proxy.requests).toEqual([request]);
});
