import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { runAgent } from "../../support/agent.ts";
import { makeCertificate } from "../../support/certificate.ts";
import { type ConnectProxy, startConnectProxy } from "../../support/connect-proxy.ts";
import { basic } from "../../support/encoding.ts";
import { answer, type LocalServer, startServer } from "../../support/misbehaving-server.ts";
import { secrets, tempFolder } from "../../support/temp-home.ts";

const HOST = "registry.example.com";
const BASIC = basic("bob", "right-password");

interface ProxySetup {
  readonly server: LocalServer;
  readonly proxy: ConnectProxy;
  /** Runs `login --json` with these variables; answers with the first registry's outcome. */
  login(env: Record<string, string>, server?: string): Promise<{ outcome: string; detail: string }>;
}

/** A registry with TLS that can only be reached through a proxy. */
async function startBehindProxy(refusal?: string): Promise<ProxySetup> {
  const certificate = makeCertificate(HOST, "auth.example.com");
  const server = await startServer((response, _, { headers }) => {
    answer(response, headers.authorization === BASIC ? 200 : 401, { "www-authenticate": "Basic" });
  }, certificate);
  const proxy = await startConnectProxy(server.port, refusal);
  const login: ProxySetup["login"] = async (env, registry = HOST) => {
    const home = tempFolder();
    const world = {
      HOME: home,
      SSL_CERT_FILE: certificate.certFile,
      ...secrets("A", registry, "bob", "right-password"),
    };
    const result = await runAgent(
      [
        "--json",
        "--storage",
        "disk",
        "--timeout",
        env.NO_PROXY === undefined && env.HTTP_PROXY === undefined ? "10" : "1",
      ],
      { ...world, ...env },
    );
    return JSON.parse(result.stdout).registries[0];
  };
  return { server, proxy, login };
}

test.each(["HTTPS_PROXY", "https_proxy"])("%s is used to reach the registry", async (name) => {
  const { server, proxy, login } = await startBehindProxy();
  expect(await login({ [name]: `http://${proxy.host}` })).toMatchObject({ outcome: "verified" });
  expect(new Set(proxy.requests)).toEqual(new Set([`CONNECT ${HOST}:443`]));
  expect(server.seen.map(({ authorization }) => authorization)).toEqual([null, BASIC]);
});

test("a proxy without a scheme is an http proxy, as for every other client", async () => {
  const { proxy, login } = await startBehindProxy();
  expect(await login({ HTTPS_PROXY: proxy.host })).toMatchObject({ outcome: "verified" });
});

test("a proxy that never answers ends at the timeout", async () => {
  const silent = createServer().listen(0, "127.0.0.1");
  onTestFinished(() => void silent.close());
  await once(silent, "listening");
  const { login } = await startBehindProxy();
  const { port } = silent.address() as AddressInfo;
  expect(await login({ HTTPS_PROXY: `http://127.0.0.1:${port}`, NO_PROXY: "other.example" })).toMatchObject({
    outcome: "unreachable",
    detail: expect.stringMatching(/no answer from \S+ within 1 s/),
  });
});

test("a raw percent sign in the proxy's password is reported, whether the proxy answers or not", async () => {
  const { proxy, login } = await startBehindProxy();
  for (const host of [proxy.host, "127.0.0.1:9"]) {
    expect(await login({ HTTPS_PROXY: `http://user:50%off@${host}` })).toMatchObject({
      outcome: "unreachable",
      detail: expect.stringMatching(/the proxy's address is not valid/),
    });
  }
});

test.each(["HTTP_PROXY", "ALL_PROXY"])("%s alone is not for https", async (name) => {
  const { proxy, login } = await startBehindProxy();
  expect(await login({ [name]: `http://${proxy.host}`, NO_PROXY: "other.example" })).toMatchObject({
    outcome: "unreachable",
  });
  expect(proxy.requests).toEqual([]);
});

test("NO_PROXY bypasses it", async () => {
  const { proxy, login } = await startBehindProxy();
  const values = [HOST, ".example.com", "localhost,*.example.com", "*"];
  const outcomes = await Promise.all(
    values.map((NO_PROXY) => login({ HTTPS_PROXY: `http://${proxy.host}`, NO_PROXY })),
  );
  for (const outcome of outcomes) expect(outcome).toMatchObject({ outcome: "unreachable" });
  expect(proxy.requests).toEqual([]);
});

test("this machine itself is never reached through a proxy", async () => {
  const { proxy, login } = await startBehindProxy();
  const local = await startServer((response) => answer(response, 200));
  const env = { HTTP_PROXY: `http://${proxy.host}`, HTTPS_PROXY: `http://${proxy.host}` };
  const outcomes = await Promise.all([login(env, local.host), login(env, `127.0.0.1:${local.port}`)]);
  expect(outcomes).toMatchObject([{ outcome: "verified" }, { outcome: "verified" }]);
  expect(proxy.requests).toEqual([]);
});

test("a proxy that requires its own login is reported as the cause", async () => {
  const { proxy, login } = await startBehindProxy(
    '407 Proxy Authentication Required\r\nproxy-authenticate: Basic realm="p"',
  );
  const { outcome, detail } = await login({ HTTPS_PROXY: `http://${proxy.host}` });
  expect(outcome).toMatch(/unreachable|failed/);
  expect(detail).toContain("407");
});

test("a proxy's challenge is not mistaken for the registry's", async () => {
  const realm = 'Bearer realm="https://auth.example.com/token",service="stolen"';
  const { server, proxy, login } = await startBehindProxy(`401 Unauthorized\r\nwww-authenticate: ${realm}`);
  const { outcome } = await login({ HTTPS_PROXY: `http://${proxy.host}` });
  expect(outcome).toMatch(/unreachable|failed/);
  expect(proxy.requests).not.toContain("CONNECT auth.example.com:443");
  expect(server.seen).toEqual([]);
});

test("the proxy's password appears nowhere", async () => {
  const { proxy } = await startBehindProxy("403 Forbidden");
  const home = tempFolder();
  const env = {
    HOME: home,
    HTTPS_PROXY: `http://me:proxy-password@${proxy.host}`,
    ...secrets("A", HOST, "bob", "pass"),
  };
  const { stdout, stderr } = await runAgent(["--storage", "disk", "--timeout", "2"], env);
  expect(stdout + stderr).not.toContain("proxy-password");
});
