import { createServer as createTlsServer, type ServerOptions } from "node:https";
import { type AddressInfo, createServer, type Server } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import type { Code } from "../../../src/findings/finding.ts";
import { makeCertificate } from "../../support/certificate.ts";
import { startConnectProxy } from "../../support/connect-proxy.ts";
import { closeServer } from "../../support/embedded-registry.ts";
import { ask } from "../../support/handshake.ts";

const HOST = "registry.example.com";

/** The verdict about a server that is reached through a proxy, under a name for which http is never tried. */
async function askServer(server: Server, certFile?: string) {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => void server.close());
  const proxy = await startConnectProxy((server.address() as AddressInfo).port);
  const env = { HTTPS_PROXY: `http://${proxy.host}`, ...(certFile === undefined ? {} : { SSL_CERT_FILE: certFile }) };
  return await ask(HOST, { env });
}

/** A server that answers the first bytes of a handshake with these. */
function saying(bytes: Uint8Array | string): Server {
  return createServer((socket) => {
    socket.on("error", () => socket.destroy());
    socket.once("data", () => socket.end(bytes));
  });
}

// Source: RFC 8446 section 6, and the IANA registry of TLS alerts.
test.each<{ number: number; alert: string; code: Code }>([
  { number: 10, alert: "unexpected_message", code: "tls-alert" },
  { number: 40, alert: "handshake_failure", code: "tls-alert" },
  { number: 42, alert: "bad_certificate", code: "client-certificate" },
  { number: 46, alert: "certificate_unknown", code: "client-certificate" },
  { number: 48, alert: "unknown_ca", code: "client-certificate" },
  { number: 49, alert: "access_denied", code: "tls-alert" },
  { number: 70, alert: "TLS 1.2", code: "tls-version" },
  { number: 71, alert: "insufficient_security", code: "tls-alert" },
  { number: 80, alert: "internal_error", code: "tls-alert" },
  { number: 86, alert: "inappropriate_fallback", code: "tls-alert" },
  { number: 112, alert: "unrecognized_name", code: "tls-alert" },
  { number: 116, alert: "certificate_required", code: "client-certificate" },
  { number: 120, alert: "no_application_protocol", code: "tls-alert" },
  { number: 200, alert: "alert 200", code: "tls-alert" },
])("the alert $number is $alert: $code", async ({ number, alert, code }) => {
  const verdict = await askServer(saying(Uint8Array.from([21, 3, 3, 0, 2, 2, number])));
  expect(verdict).toMatchObject({ outcome: "unreachable", code });
  expect(`${verdict.detail} ${verdict.hint}`).toContain(alert);
  expect(verdict.detail).toContain(HOST);
});

// Only an answer that is not TLS is one.
test.each([
  ["a page", "HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTPS request to an HTTP server.\n"],
  ["SSH", "SSH-2.0-OpenSSH_9.9\r\n"],
  ["SMTP", "220 smtp ready\r\n"],
  ["zeros", Buffer.alloc(64)],
  ["a text without an end", "<html>"],
])("%s is no TLS", async (_, bytes) => {
  const verdict = await askServer(saying(bytes));
  expect(verdict).toMatchObject({ outcome: "unreachable", code: "no-tls" });
  expect(verdict.hint).toMatch(/insecure-registries/);
});

test("a connection that ends in the handshake is no answer without TLS", async () => {
  expect(await askServer(saying(""))).toMatchObject({ outcome: "unreachable", code: "connection-cut" });
});

test.each<{ what: string; options: ServerOptions; code: Code }>([
  {
    what: "requires a client certificate by TLS 1.3",
    options: { requestCert: true, rejectUnauthorized: true, minVersion: "TLSv1.3" },
    code: "client-certificate",
  },
  // Its alert is the one for any failed handshake.
  {
    what: "requires a client certificate by TLS 1.2",
    options: { requestCert: true, rejectUnauthorized: true, maxVersion: "TLSv1.2" },
    code: "tls-alert",
  },
  {
    what: "offers TLS 1.1 alone",
    options: { minVersion: "TLSv1.1", maxVersion: "TLSv1.1", ciphers: "ALL:@SECLEVEL=0" },
    code: "tls-version",
  },
])("a server that $what: $code", async ({ options, code }) => {
  const certificate = makeCertificate(HOST);
  const server = createTlsServer({ ...certificate, ...options }, (_, response) => response.end());
  onTestFinished(() => closeServer(server));
  server.on("tlsClientError", () => undefined);
  expect(await askServer(server, certificate.certFile)).toMatchObject({ outcome: "unreachable", code });
});
