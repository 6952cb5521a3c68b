import type { LookupFunction } from "node:net";
import { expect, test } from "vitest";
import { createSend } from "../../../src/network/http.ts";
import { makeCertificate } from "../../support/certificate.ts";
import { startConnectProxy } from "../../support/connect-proxy.ts";
import { ask, authorizations, BASIC } from "../../support/handshake.ts";
import { answer, bearer, type LocalServer, startServer } from "../../support/misbehaving-server.ts";

const certificate = (): ReturnType<typeof makeCertificate> =>
  makeCertificate("registry.example.com", "auth.example.com");

/** Every name leads to this machine. */
const here: LookupFunction = (_, { all }, done) =>
  all === true ? done(null, [{ address: "127.0.0.1", family: 4 }]) : done(null, "127.0.0.1", 4);

/** A registry and a token service with names, and TLS, on this machine. */
async function startBoth(): Promise<{ registry: LocalServer; service: LocalServer; env: object }> {
  const tls = certificate();
  const service = await startServer((response) => answer(response, 200, {}, '{"token":"t"}'), tls);
  const challenge = bearer(`https://auth.example.com:${service.port}/token`);
  const registry = await startServer((response, _, { headers }) => {
    answer(response, headers.authorization === "Bearer t" ? 200 : 401, challenge);
  }, tls);
  return { registry, service, env: { SSL_CERT_FILE: tls.certFile } };
}

test("a public registry cannot use a token service whose name resolves into this network", async () => {
  const { registry, service, env } = await startBoth();
  // The registry is behind a proxy, and so anywhere; the token service is not, because of NO_PROXY.
  const proxy = await startConnectProxy(registry.port);
  const proxies = { HTTPS_PROXY: `http://${proxy.host}`, NO_PROXY: "auth.example.com" };
  expect(await ask("registry.example.com", { env: { ...env, ...proxies }, lookup: here })).toMatchObject({
    outcome: "failed",
    code: "token-service-untrusted",
    detail: expect.stringMatching(/not trusted: auth\.example\.com:\d+ is an internal address/),
  });
  expect([authorizations(registry), service.seen]).toEqual([[null], []]);
});

test("a registry on this machine may name a token service on it", async () => {
  const { registry, service, env } = await startBoth();
  const verdict = await ask(`registry.example.com:${registry.port}`, { env, lookup: here });
  expect(verdict).toMatchObject({ outcome: "verified" });
  expect([authorizations(registry), authorizations(service)]).toEqual([
    [null, "Bearer t", "Bearer t"],
    // Then without a login, to see what its acceptance is worth.
    [BASIC, null],
  ]);
});

test("an open connection is checked again", async () => {
  const { service, env } = await startBoth();
  const { send, close } = createSend({ ...env }, { lookup: here });
  const url = new URL(`https://auth.example.com:${service.port}/token`);
  const signal = AbortSignal.timeout(10_000);
  expect(await send(url, { signal })).toMatchObject({ status: 200, address: "127.0.0.1" });
  await expect(send(url, { signal, admits: () => false })).rejects.toMatchObject({ code: "ERR_INTERNAL_ADDRESS" });
  expect(service.seen).toHaveLength(1);
  close();
});

// Each status that a client might follow, at the registry and at its token service.
test.each([301, 302, 303, 307, 308])("a credential does not follow a %i to a different host", async (status) => {
  const other = await startServer((response) => answer(response, 200, {}, '{"token":"t"}'));
  const away = { location: `http://${other.host}/v2/` };
  const service = await startServer((response) => answer(response, status, away));
  const registry = await startServer((response, nth) =>
    nth === 0 ? answer(response, 401, bearer(`http://${service.host}/token`)) : answer(response, status, away),
  );
  const basicOnly = await startServer((response, nth) =>
    nth === 0 ? answer(response, 401, { "www-authenticate": "Basic" }) : answer(response, status, away),
  );
  const first = await startServer((response) => answer(response, status, away));
  for (const { host } of [registry, basicOnly, first]) {
    expect((await ask(`http://${host}`)).outcome).toBe("failed");
  }
  expect(authorizations(service)).toEqual([BASIC]);
  expect(authorizations(basicOnly)).toEqual([null, BASIC]);
  expect([authorizations(first), other.seen]).toEqual([[null], []]);
});
