import { expect, onTestFinished, test } from "vitest";
import type { Code } from "../../../src/findings/finding.ts";
import { makeCertificate } from "../../support/certificate.ts";
import { freePort } from "../../support/free-port.ts";
import { ask, BASIC } from "../../support/handshake.ts";
import { answer, startServer } from "../../support/misbehaving-server.ts";
import { type SocksOptions, startSocksProxy } from "../../support/socks-proxy.ts";
import { startRaw, type Talk } from "../../support/torture/misbehaviors/servers.ts";

const HOST = "registry.example.com";

/** A registry with TLS that only the proxy reaches, and the verdict through it. */
async function askThrough(options: SocksOptions, address: (host: string) => string, server = HOST) {
  const certificate = makeCertificate(HOST);
  const registry = await startServer((response, _, { headers }) => {
    answer(response, headers.authorization === BASIC ? 200 : 401, { "www-authenticate": "Basic" });
  }, certificate);
  const proxy = await startSocksProxy(registry.port, options);
  const env = { SSL_CERT_FILE: certificate.certFile, HTTPS_PROXY: address(proxy.host) };
  return { proxy, registry, verdict: await ask(server, { env, timeoutMs: 5000 }) };
}

const name = Buffer.from(HOST).toString("hex");
const TO_HOST = `05010003${HOST.length.toString(16)}${name}01bb`;
const LOGIN = `01${"03"}${Buffer.from("bob").toString("hex")}07${Buffer.from("50%@off").toString("hex")}`;

// Source: RFC 1928, RFC 1929; golang.org/x/net/internal/socks, which offers a login only if the address has one.
test.each<{ what: string; options: SocksOptions; address: (host: string) => string; sent: string }>([
  { what: "without a login", options: {}, address: (host) => `socks5://${host}`, sent: `050100${TO_HOST}` },
  {
    what: "whose login is not needed",
    options: {},
    address: (host) => `socks5://bob:50%25%40off@${host}`,
    sent: `05020002${TO_HOST}`,
  },
  {
    what: "that requires the login",
    options: { login: "bob:50%@off" },
    address: (host) => `socks5://bob:50%25%40off@${host}`,
    sent: `05020002${LOGIN}${TO_HOST}`,
  },
  { what: "written socks5h", options: {}, address: (host) => `socks5h://${host}`, sent: `050100${TO_HOST}` },
  { what: "in capitals", options: {}, address: (host) => `SOCKS5://${host}`, sent: `050100${TO_HOST}` },
  {
    what: "that names an IPv6 address",
    options: { bound: 4 },
    address: (host) => `socks5://${host}`,
    sent: `050100${TO_HOST}`,
  },
  {
    what: "that names a host",
    options: { bound: 3 },
    address: (host) => `socks5://${host}`,
    sent: `050100${TO_HOST}`,
  },
  {
    what: "whose bytes come one by one",
    options: { isSlow: true, login: "bob:50%@off" },
    address: (host) => `socks5://bob:50%25%40off@${host}`,
    sent: `05020002${LOGIN}${TO_HOST}`,
  },
])(
  "a registry is reached through a SOCKS5 proxy $what, which resolves its name",
  async ({ options, address, sent }) => {
    const { proxy, verdict } = await askThrough(options, address);
    expect(verdict).toMatchObject({ outcome: "verified" });
    expect(new Set(proxy.sent)).toEqual(new Set([sent]));
  },
);

test.each([
  ["10.1.2.3", "050100050100010a01020301bb"],
  ["10.1.2.3:5000", "050100050100010a0102031388"],
  ["[2001:db8::1]", `05010005010004${"20010db8000000000000000000000001"}01bb`],
  ["[2001:db8:1:2:3:4:5:6]:8443", `05010005010004${"20010db8000100020003000400050006"}20fb`],
  ["[::ffff:10.1.2.3]", `05010005010004${"00000000000000000000ffff0a010203"}01bb`],
])("the address %s is sent as bytes", async (server, sent) => {
  const { proxy } = await askThrough({ reply: 2 }, (host) => `socks5://${host}`, server);
  expect(new Set(proxy.sent)).toEqual(new Set([sent]));
});

test.each<{ what: string; options: SocksOptions; login?: string; code: Code; says: RegExp }>([
  ...(
    [
      [1, /rejects the connection \(general failure\)/],
      [2, /rejects the connection \(not allowed\)/],
      [3, /rejects the connection \(network unreachable\)/],
      [4, /rejects the connection \(host unreachable\)/],
      [5, /rejects the connection \(connection refused\)/],
      [99, /rejects the connection \(SOCKS error 99\)/],
    ] as const
  ).map(([reply, says]) => ({
    what: `answers ${reply}`,
    options: { reply },
    code: "proxy-refuses" as const,
    says,
  })),
  { what: "requires a login", options: { login: "a:b" }, code: "proxy-login", says: /valid login/ },
  { what: "rejects the login", options: { login: "a:b" }, login: "a:c@", code: "proxy-login", says: /valid login/ },
])("a SOCKS5 proxy that $what is named", async ({ options, login = "", code, says }) => {
  const { proxy, registry, verdict } = await askThrough(options, (host) => `socks5://${login}${host}`);
  expect(verdict).toMatchObject({ outcome: "unreachable", code, detail: expect.stringMatching(says) });
  expect(verdict.detail).toContain(`the proxy ${proxy.host}`);
  expect(registry.seen).toEqual([]);
});

test.each<{ what: string; code: Code; talk: Talk }>([
  { what: "speaks HTTP", code: "proxy-scheme", talk: (socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n") },
  { what: "speaks SOCKS4", code: "proxy-scheme", talk: (socket) => socket.end(Buffer.from([0, 91, 0, 0, 0, 0])) },
  { what: "closes", code: "proxy-unreachable", talk: (socket) => socket.end() },
  { what: "resets", code: "proxy-unreachable", talk: (socket) => socket.resetAndDestroy() },
  { what: "ends in its answer", code: "proxy-unreachable", talk: (socket) => socket.end(Buffer.from([5])) },
  { what: "hangs", code: "no-answer", talk: (socket) => socket.write(Buffer.from([5])) },
  {
    what: "opens the tunnel and sends a page",
    code: "no-tls",
    talk: (socket) => socket.end(Buffer.from([5, 0, 5, 0, 0, 1, 0, 0, 0, 0, 0, 0, ...Buffer.from("<html>blocked")])),
  },
])("a SOCKS5 proxy that $what: $code", async ({ code, talk }) => {
  const proxy = await startRaw(talk);
  onTestFinished(proxy.close);
  const env = { HTTPS_PROXY: `socks5://${proxy.host}` };
  expect(await ask(HOST, { env, timeoutMs: 2500 })).toMatchObject({ outcome: "unreachable", code });
});

test("a SOCKS5 proxy that is not there", async () => {
  const env = { HTTPS_PROXY: `socks5://127.0.0.1:${await freePort()}` };
  expect(await ask(HOST, { env })).toMatchObject({ outcome: "unreachable", code: "proxy-unreachable" });
});
