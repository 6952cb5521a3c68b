import { expect, test } from "vitest";
import { runAgent } from "../../support/agent.ts";
import { makeCertificate } from "../../support/certificate.ts";
import { startConnectProxy } from "../../support/connect-proxy.ts";
import { ask, authorizations, BASIC } from "../../support/handshake.ts";
import { answer, bearer, startServer } from "../../support/misbehaving-server.ts";
import { secrets, tempFolder } from "../../support/temp-home.ts";

const CHALLENGE = { "www-authenticate": "Basic" };

test.each(["", "https://"])(
  "an untrusted certificate authority is reported as the cause, with %jHOST",
  async (scheme) => {
    const server = await startServer((response) => answer(response, 401, CHALLENGE), makeCertificate("localhost"));
    expect(await ask(`${scheme}${server.host}`)).toMatchObject({
      outcome: "unreachable",
      detail: expect.stringMatching(/certificate.*authority/),
      hint: expect.stringMatching(/ca-certificates/),
    });
    expect(server.seen).toEqual([]);
  },
);

test("NODE_TLS_REJECT_UNAUTHORIZED=0 does not turn off verification", async () => {
  const server = await startServer((response) => answer(response, 401, CHALLENGE), makeCertificate("localhost"));
  const env = {
    HOME: tempFolder(),
    NODE_TLS_REJECT_UNAUTHORIZED: "0",
    ...secrets("A", server.host, "bob", "p4ssword"),
  };
  const { stdout } = await runAgent(["--json", "--storage", "disk"], env);
  expect(JSON.parse(stdout).registries).toMatchObject([{ outcome: "unreachable" }]);
  expect(server.seen).toEqual([]);
});

test("SSL_CERT_FILE sets the trusted authorities", async () => {
  const certificate = makeCertificate("localhost");
  const server = await startServer(
    (response, _, { headers }) => answer(response, headers.authorization === BASIC ? 200 : 401, CHALLENGE),
    certificate,
  );
  expect(await ask(server.host, { env: { SSL_CERT_FILE: certificate.certFile } })).toMatchObject({
    outcome: "verified",
  });
});

test("NODE_EXTRA_CA_CERTS adds to it", async () => {
  const certificate = makeCertificate("localhost");
  const server = await startServer((response) => answer(response, 200), certificate);
  const env = { SSL_CERT_FILE: makeCertificate("other").certFile, NODE_EXTRA_CA_CERTS: certificate.certFile };
  expect(await ask(server.host, { env })).toMatchObject({ outcome: "verified" });
});

test("a certificate for a different name is rejected", async () => {
  const certificate = makeCertificate("registry.example.com");
  const server = await startServer((response) => answer(response, 200), certificate);
  const verdict = await ask(`https://${server.host}`, { env: { SSL_CERT_FILE: certificate.certFile } });
  expect(verdict).toMatchObject({
    outcome: "unreachable",
    detail: expect.stringMatching(/does not match the host name/),
  });
  expect(server.seen).toEqual([]);
});

test("a registry without TLS is reported with a hint about the port", async () => {
  const server = await startServer((response) => answer(response, 200));
  // Only hosts of this machine are also asked without TLS.
  const proxy = await startConnectProxy(Number(server.host.split(":")[1]));
  const env = { HTTPS_PROXY: `http://${proxy.host}` };
  expect(await ask("https://registry.example.com", { env })).toMatchObject({
    outcome: "unreachable",
    detail: expect.stringMatching(/TLS/),
    hint: expect.stringMatching(/port/),
  });
  expect(server.seen).toEqual([]);
});

// Source: nginx, src/http/ngx_http_special_response.c
test.each(["No required SSL certificate was sent", "The SSL certificate error"])(
  "a web server in front of the registry that answers %j requires a client certificate",
  async (words) => {
    const server = await startServer((response) => answer(response, 400, {}, `<html>400 Bad Request: ${words}</html>`));
    expect(await ask(`http://${server.host}`)).toMatchObject({
      outcome: "unreachable",
      code: "client-certificate",
      detail: `${server.host} requires a client certificate that it trusts (status 400)`,
    });
  },
);

test("a registry with TLS that names a token service without TLS gets no credential", async () => {
  const certificate = makeCertificate("localhost");
  const service = await startServer((response) => answer(response, 200, {}, '{"token":"T"}'));
  const server = await startServer(
    (response) => answer(response, 401, bearer(`http://${service.host}/token`)),
    certificate,
  );
  const verdict = await ask(server.host, { env: { SSL_CERT_FILE: certificate.certFile } });
  expect(verdict).toMatchObject({ outcome: "failed", detail: expect.stringMatching(/not reached over https/) });
  expect([...authorizations(server), ...service.seen]).toEqual([null]);
});
