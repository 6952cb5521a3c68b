import { expect, test } from "vitest";
import { doctor } from "../../../src/commands/doctor/doctor.ts";
import { makeCertificate } from "../../support/certificate.ts";
import { startConnectProxy } from "../../support/connect-proxy.ts";
import { ask, authorizations, BASIC, PASSWORD, USER } from "../../support/handshake.ts";
import { getFor } from "../../support/helper.ts";
import { answer, type LocalServer, startServer } from "../../support/misbehaving-server.ts";
import { printed } from "../../support/printed.ts";
import { logIn, makeHome, secrets } from "../../support/temp-home.ts";

const HOST = "registry.example.com:5000";

/** A registry of another machine, with TLS or without; a proxy leads there. */
async function startAway(tls?: { key: string; cert: string }): Promise<{ server: LocalServer; env: object }> {
  const server = await startServer((response, _, { headers }) => {
    answer(response, headers.authorization === BASIC ? 200 : 401, { "www-authenticate": "Basic" });
  }, tls);
  const proxy = await startConnectProxy(server.port);
  return { server, env: { HTTPS_PROXY: proxy.host, HTTP_PROXY: proxy.host } };
}

// Source: docs.docker.com/reference/cli/dockerd/#insecure-registries; containers-registries.conf(5), `insecure`.
test.each([
  { server: `http://${HOST}`, code: "server-unencrypted" },
  { server: `HTTP://${HOST.toUpperCase()}/v2/`, code: "server-unencrypted" },
  { server: HOST, code: "no-tls" },
  { server: `https://${HOST}`, code: "no-tls" },
])("$server without TLS: $code, no password is sent, and the login is saved", async ({ server, code }) => {
  const { server: registry, env } = await startAway();
  const home = makeHome();
  const context = home.context({ ...env, ...secrets("A", server, USER, PASSWORD) });
  const { registries } = await logIn(context);
  expect(registries).toMatchObject([{ host: HOST, outcome: "unreachable", code }]);
  expect(registries[0]?.detail).toMatch(/does not answer with TLS.*login saved/);
  // What helps, instead of the other spelling of the same server.
  expect(registries[0]?.hint).toContain(`has ${HOST} in insecure-registries`);
  expect(registries[0]?.hint).not.toMatch(/https?:\/\/|https/);
  expect(registry.seen).toEqual([]);
  expect(await getFor(home.context(), HOST)).toMatchObject({ user: USER, secret: PASSWORD });
});

test("a registry that is written with http:// and has TLS is checked as any other", async () => {
  const certificate = makeCertificate("registry.example.com");
  const { server, env } = await startAway(certificate);
  const verdict = await ask(`http://${HOST}`, { env: { ...env, SSL_CERT_FILE: certificate.certFile } });
  expect(verdict).toMatchObject({ outcome: "verified" });
  expect(authorizations(server)).toEqual([null, BASIC]);
});

test("a certificate that is not trusted is no registry without TLS", async () => {
  const { server, env } = await startAway(makeCertificate("registry.example.com"));
  expect(await ask(`http://${HOST}`, { env })).toMatchObject({ outcome: "unreachable", code: "certificate-authority" });
  expect(server.seen).toEqual([]);
});

test("a name that does not exist is reported as that", async () => {
  expect(await ask("http://registry.invalid")).toMatchObject({ outcome: "unreachable", code: "host-unknown" });
});

test("the doctor tells of it without an error, since only the engine knows whether it uses the login", async () => {
  const { server, env } = await startAway();
  const context = makeHome().context({ ...env, ...secrets("A", `http://${HOST}`, USER, PASSWORD) });
  const { stdout } = await printed(context, doctor(context, { options: {}, targets: [], push: false, json: true }));
  const { registries } = JSON.parse(stdout) as {
    registries: { steps: { step: string; state: string; code: string }[] }[];
  };
  const steps = registries.flatMap((each) => each.steps);
  expect(steps).toContainEqual(
    expect.objectContaining({ step: "registry", state: "note", code: "server-unencrypted" }),
  );
  const online = ["network", "registry", "login", "pull"];
  expect(steps.filter(({ step, state }) => online.includes(step) && state === "wrong")).toEqual([]);
  expect(server.seen).toEqual([]);
});
