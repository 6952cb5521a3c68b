import { type AddressInfo, createServer, type Socket } from "node:net";
import { onTestFinished } from "vitest";
import { makeCertificate, makeDatedCertificate } from "../../support/certificate.ts";
import { startConnectProxy } from "../../support/connect-proxy.ts";
import type { Situation } from "../../support/doctor.ts";
import { freePort } from "../../support/free-port.ts";
import { startServer } from "../../support/misbehaving-server.ts";
import { scripted } from "../../support/scripted-registry.ts";
import { fresh, type Mistake, PASSWORD, set } from "./table.ts";

const NAMES = ["localhost", "registry.example.com"];

/** A registry with TLS that this machine reaches as `localhost:PORT`. */
async function startTls(certificate = makeCertificate(...NAMES)): Promise<{ host: string; certFile: string }> {
  const { host } = await startServer(scripted({ password: PASSWORD }), certificate);
  return { host, certFile: certificate.certFile };
}

/** Something that is no HTTP server; answers with `localhost:PORT`. */
async function startSocket(talk: (socket: Socket) => void): Promise<string> {
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    talk(socket);
  });
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `localhost:${(server.address() as AddressInfo).port}`;
}

/** A login to a registry behind this proxy. */
function behindProxy(address: string): Situation {
  return fresh({ ...set("A", "registry.example.com"), HTTPS_PROXY: `http://${address}` });
}

/** Mistakes between here and the registry. */
export const NETWORK: readonly Mistake[] = [
  {
    name: "a host name that does not exist",
    code: "host-unknown",
    arrange: async () => fresh(set("A", "registry.invalid")),
  },
  {
    name: "a port on which nothing listens",
    code: "connection-refused",
    arrange: async () => fresh(set("A", `localhost:${await freePort()}`)),
  },
  {
    name: "a server that accepts the connection and sends nothing",
    code: "no-answer",
    arrange: async () => fresh(set("A", await startSocket(() => undefined)), { options: { timeout: "1" } }),
  },
  {
    name: "a server that hangs up",
    code: "connection-cut",
    arrange: async () => fresh(set("A", await startSocket((socket) => socket.once("data", () => socket.destroy())))),
  },
  {
    name: "a server that speaks something else",
    code: "not-http",
    arrange: async () =>
      fresh(set("A", await startSocket((socket) => socket.once("data", () => socket.end("220 smtp\r\n"))))),
  },
  {
    name: "an answer without end",
    code: "answer-too-long",
    arrange: async () => {
      const { host } = await startServer((response) => response.writeHead(200).end("x".repeat(1024 * 1024)));
      return fresh(set("A", host));
    },
  },
  {
    name: "TLS with an authority that is not trusted",
    code: "certificate-authority",
    arrange: async () => fresh(set("A", (await startTls()).host)),
  },
  {
    name: "a certificate for another name",
    code: "certificate-name",
    arrange: async () => {
      const { host, certFile } = await startTls(makeCertificate("registry.example.com"));
      return fresh({ ...set("A", host), SSL_CERT_FILE: certFile });
    },
  },
  {
    name: "a certificate whose time is over",
    code: "certificate-expired",
    arrange: async () => {
      const { host, certFile } = await startTls(makeDatedCertificate(NAMES, "20200101000000Z", "20210101000000Z"));
      return fresh({ ...set("A", host), SSL_CERT_FILE: certFile });
    },
  },
  {
    name: "a certificate whose time has not begun",
    code: "certificate-early",
    arrange: async () => {
      const { host, certFile } = await startTls(makeDatedCertificate(NAMES, "20900101000000Z", "20910101000000Z"));
      return fresh({ ...set("A", host), SSL_CERT_FILE: certFile });
    },
  },
  {
    name: "no TLS where https is asked for",
    code: "no-tls",
    arrange: async () => {
      const { port } = await startServer(scripted({ password: PASSWORD }));
      const proxy = await startConnectProxy(port);
      return fresh({ ...set("A", "https://registry.example.com"), HTTPS_PROXY: `http://${proxy.host}` });
    },
  },
  {
    name: "a CA file that is not there",
    code: "trust-file",
    arrange: async () => {
      const { host } = await startServer(scripted({ password: PASSWORD }));
      const { context, ...rest } = fresh({ ...set("A", host), NODE_EXTRA_CA_CERTS: "/nonexistent/ca.pem" });
      return { context, ...rest };
    },
  },
  {
    name: "a proxy that wants a login",
    code: "proxy-login",
    arrange: async () => behindProxy((await startConnectProxy(1, "407 Proxy Authentication Required")).host),
  },
  {
    name: "a proxy that lets nothing through",
    code: "proxy-refuses",
    arrange: async () => behindProxy((await startConnectProxy(1, "403 Forbidden")).host),
  },
  {
    name: "a proxy that is not there",
    code: "proxy-unreachable",
    arrange: async () => behindProxy(`127.0.0.1:${await freePort()}`),
  },
  {
    name: "a proxy whose address holds a raw percent sign",
    code: "proxy-address",
    arrange: async () => behindProxy("user:100%@proxy.example.com:3128"),
  },
];
