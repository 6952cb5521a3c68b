import { mkdtempSync, rmSync } from "node:fs";
import { type AddressInfo, createServer, type LookupFunction, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, onTestFinished, test } from "vitest";
import { examineLogin } from "../../../src/diagnosis/registry.ts";
import { CATALOGUE, type Code } from "../../../src/findings/finding.ts";
import { askImage } from "../../../src/handshake/image.ts";
import { createSend } from "../../../src/network/http.ts";
import { parseImage } from "../../../src/registries/image.ts";
import { parseRegistry } from "../../../src/registries/registry.ts";
import { startConnectProxy } from "../../support/connect-proxy.ts";
import { freePort } from "../../support/free-port.ts";
import { PASSWORD, USER } from "../../support/handshake.ts";
import { answer, bearer, type Handler, startServer } from "../../support/misbehaving-server.ts";
import { startSocksProxy } from "../../support/socks-proxy.ts";
import { makeCompany, writeFiles } from "../../support/trust-rows.ts";

const FOLDER = mkdtempSync(join(tmpdir(), "registry-login-company-"));
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }));
const COMPANY = makeCompany(FOLDER);
const SERVICE = "auth.example.com";

/** The registry's token service, and what its clients have. */
interface Service {
  /** `host[:port]` of the realm. */
  readonly host: string;
  readonly env?: Readonly<Record<string, string>>;
  /** How long the handshake may take, in milliseconds. */
  readonly timeoutMs?: number;
  /** What the lookup of a name fails with. */
  readonly lookup?: string;
}

interface Row {
  readonly what: string;
  /** The finding of the catalogue that it would be, were it the registry. */
  readonly like: Code;
  readonly says: RegExp;
  readonly start: () => Promise<Service>;
}

/** A server that does this once the first bytes of a handshake are there. @returns its host */
async function speaking(talk: (socket: Socket) => void): Promise<string> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on("error", () => socket.destroy());
    socket.once("data", () => talk(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `localhost:${(server.address() as AddressInfo).port}`;
}

/** A token service that answers after TLS, with this certificate. */
async function withTls(tls: { key: string; cert: string }, handler: Handler = (response) => answer(response, 200)) {
  return (await startServer(handler, tls)).host;
}

const trusting = (): Record<string, string> => ({ SSL_CERT_FILE: COMPANY.root.certFile, SSL_CERT_DIR: writeFiles({}) });
const behind = (host: string): Service => ({ host: SERVICE, env: { HTTPS_PROXY: host } });
const alert = (number: number) => (socket: Socket) => void socket.end(Uint8Array.from([21, 3, 3, 0, 2, 2, number]));

const rows: readonly Row[] = [
  {
    what: "has no name",
    like: "host-unknown",
    says: /host name not found/,
    start: async () => ({ host: "auth.invalid" }),
  },
  {
    what: "has a name that cannot be looked up",
    like: "host-lookup",
    says: /DNS lookup of auth/,
    start: async () => ({ host: SERVICE, lookup: "EAI_AGAIN" }),
  },
  {
    what: "does not listen",
    like: "connection-refused",
    says: /connection refused by/,
    start: async () => ({ host: `localhost:${await freePort()}` }),
  },
  {
    what: "hangs up",
    like: "connection-cut",
    says: /closed before/,
    start: async () => ({ host: await speaking((socket) => void socket.destroy()) }),
  },
  {
    what: "cannot be reached",
    like: "no-route",
    says: /cannot reach auth\.example\.com \(EHOSTUNREACH\)/,
    start: async () => ({ host: SERVICE, lookup: "EHOSTUNREACH" }),
  },
  {
    what: "fails in another way",
    like: "connection-failed",
    says: /\(EACCES\)/,
    start: async () => ({ host: SERVICE, lookup: "EACCES" }),
  },
  {
    what: "hangs",
    like: "no-answer",
    says: /no answer from/,
    start: async () => ({ host: await speaking(() => undefined), timeoutMs: 3000 }),
  },
  {
    what: "has an untrusted certificate",
    like: "certificate-authority",
    says: /the certificate of \S+ is signed by an authority that is not trusted here \(Example Corp\)/,
    start: async () => ({ host: await withTls(COMPANY.server), env: { SSL_CERT_DIR: writeFiles({}) } }),
  },
  {
    what: "leaves its intermediate out",
    like: "certificate-incomplete",
    says: /does not send the certificate/,
    start: async () => ({ host: await withTls(COMPANY.below), env: trusting() }),
  },
  {
    what: "has a certificate of another name",
    like: "certificate-name",
    says: /does not match the host name/,
    start: async () => {
      const { port } = await startServer((response) => answer(response, 200), COMPANY.server);
      const proxy = await startConnectProxy(port);
      return { host: SERVICE, env: { ...trusting(), HTTPS_PROXY: proxy.host } };
    },
  },
  {
    what: "has a certificate without names",
    like: "certificate-no-names",
    says: /no subjectAltName/,
    start: async () => ({ host: await withTls(COMPANY.nameless), env: trusting() }),
  },
  {
    what: "requires a client certificate",
    like: "client-certificate",
    says: /requires a client certificate/,
    start: async () => ({ host: await speaking(alert(116)) }),
  },
  {
    what: "has an old TLS",
    like: "tls-version",
    says: /no version of TLS/,
    start: async () => ({ host: await speaking(alert(70)) }),
  },
  {
    what: "sends an alert",
    like: "tls-alert",
    says: /the alert internal_error/,
    start: async () => ({ host: await speaking(alert(80)) }),
  },
  {
    what: "has no TLS",
    like: "no-tls",
    says: /does not answer with TLS/,
    start: async () => ({ host: await speaking((socket) => void socket.end("<html>")) }),
  },
  {
    what: "does not speak HTTP",
    like: "not-http",
    says: /does not answer with HTTP/,
    start: async () => {
      const raw = (response: Parameters<Handler>[0]) => void response.socket?.end("220 smtp\r\n");
      return { host: await withTls(COMPANY.server, raw), env: trusting() };
    },
  },
  {
    what: "has an endless answer",
    like: "answer-too-long",
    says: /too long/,
    start: async () => {
      const host = await withTls(COMPANY.server, (response) => answer(response, 200, {}, "x".repeat(1024 * 1024)));
      return { host, env: trusting() };
    },
  },
  {
    what: "is behind a proxy that wants a login",
    like: "proxy-login",
    says: /the proxy 127\.0\.0\.1:\d+ does not accept/,
    start: async () => behind((await startConnectProxy(1, "407 Proxy Authentication Required")).host),
  },
  {
    what: "is behind a proxy that rejects it",
    like: "proxy-refuses",
    says: /the proxy 127\.0\.0\.1:\d+ rejects the connection \(403\)/,
    start: async () => behind((await startConnectProxy(1, "403 Forbidden")).host),
  },
  {
    what: "is behind a SOCKS5 proxy that does not reach it",
    like: "proxy-refuses",
    says: /the proxy 127\.0\.0\.1:\d+ rejects the connection \(host unreachable\)/,
    start: async () => behind(`socks5://${(await startSocksProxy(1, { reply: 4 })).host}`),
  },
  {
    what: "is behind a proxy that is not there",
    like: "proxy-unreachable",
    says: /the proxy 127\.0\.0\.1:\d+ does not answer/,
    start: async () => behind(`127.0.0.1:${await freePort()}`),
  },
  {
    what: "is behind a proxy of another kind",
    like: "proxy-scheme",
    says: /does not speak the protocol/,
    start: async () => behind("ftp://127.0.0.1:9"),
  },
  {
    what: "is behind a proxy whose address is not valid",
    like: "proxy-address",
    says: /the proxy's address is not valid/,
    start: async () => ({ ...behind("http://user:50%off@127.0.0.1:9"), lookup: "ENOTFOUND" }),
  },
  {
    what: "is behind a proxy with an untrusted certificate",
    like: "proxy-certificate",
    says: /TLS with the proxy localhost:\d+ fails/,
    start: async () => ({
      host: SERVICE,
      env: { HTTPS_PROXY: `https://${await withTls(COMPANY.server)}`, SSL_CERT_DIR: writeFiles({}) },
    }),
  },
  ...([302, 307] as const).map((status) => ({
    what: `answers ${status}`,
    like: "not-a-registry" as const,
    says: new RegExp(`the token service localhost:\\d+ answered ${status}`),
    start: async () => {
      const limits = { "retry-after": "3600" };
      return { host: await withTls(COMPANY.server, (response) => answer(response, status, limits)), env: trusting() };
    },
  })),
];

/** A registry of this machine that names a token service at this host, and how to reach both. */
async function setUp({ host, env = {}, lookup: fault }: Service) {
  const registry = await startServer((response) => answer(response, 401, bearer(`https://${host}/token`)));
  const lookup: LookupFunction | undefined =
    fault === undefined
      ? undefined
      : (name, options, done) => {
          if (name !== "localhost") return done(Object.assign(new Error(), { code: fault }), "", 0);
          const found = { address: "127.0.0.1", family: 4 };
          return options.all === true ? done(null, [found]) : done(null, found.address, 4);
        };
  const { send, close } = createSend(env, { lookup });
  onTestFinished(close);
  return { registry, send };
}

const CREDENTIAL = { username: USER, secret: PASSWORD, expiresAt: null };

async function examine({ what, start }: Row) {
  const service = await start();
  const { registry, send } = await setUp(service);
  const named = parseRegistry(`http://${registry.host}`);
  const question = { registry: named, request: null, credential: CREDENTIAL, hasImage: false };
  const steps = await examineLogin(question, { send, timeout: service.timeoutMs ?? 20_000, world: {} });
  return { what, service: service.host, registry, steps };
}

// At the same time, since a network error is tried again after a while.
test("whatever is wrong with a token service is told of it, and not of the registry", async () => {
  const results = await Promise.all(rows.map(async (row) => ({ ...(await examine(row)), says: row.says })));
  for (const { what, says, service, registry, steps } of results) {
    expect(steps, what).toMatchObject([
      { name: "registry", state: "ok" },
      { name: "login", state: "wrong", code: "token-service-failed" },
    ]);
    const { message = "", hint = "" } = steps[1] ?? {};
    expect(message, what).toMatch(says);
    expect(message, what).toContain(service);
    // Whoever is blamed is the service; the registry is only named as the one that names it.
    const blamed = message.replace(`the token service of ${registry.host} does not work from here: `, "");
    expect(blamed, what).not.toContain(registry.host);
    expect(hint, what).not.toMatch(/the spelling of the server|check the port|that the registry is running/);
    expect(registry.seen, what).toHaveLength(1);
  }
});

test("the table has every finding about the network that a server or a proxy can cause", () => {
  const known = new Set<string>(rows.map(({ like }) => like));
  // Those of files of this machine, and of dates and rules that would need certificates of their own.
  const others = ["trust-file", "certs-folder", "certificate-expired", "certificate-early", "certificate-rejected"];
  expect(Object.keys(CATALOGUE.network).filter((code) => !known.has(code) && !others.includes(code))).toEqual([]);
});

test.each(["does not listen", "has an untrusted certificate", "answers 302"])(
  "where it %s, an image is not blamed either",
  async (what) => {
    const row = rows.find((each) => each.what === what);
    if (row === undefined) throw new Error(`no row ${what}`);
    const service = await row.start();
    const { registry, send } = await setUp(service);
    const image = parseImage(`${registry.host}/acme/app:1`);
    const answers = await askImage(image, CREDENTIAL, false, send, 10_000);
    expect(answers).toMatchObject({ code: "token-service-failed", detail: expect.stringMatching(row.says) });
  },
);
