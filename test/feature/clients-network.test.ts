import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, onTestFinished, test } from "vitest";
import { startConnectProxy } from "../support/connect-proxy.ts";
import { ask, BASIC, PASSWORD, USER } from "../support/handshake.ts";
import { PROXY_RULES, withPort } from "../support/proxy-rows.ts";
import { tryRun } from "../support/shell.ts";
import { startSocksProxy } from "../support/socks-proxy.ts";
import { makeCompany, TRUST, writeFiles } from "../support/trust-rows.ts";
import { setUpTrust } from "../support/trust-server.ts";

const FOLDER = mkdtempSync(join(tmpdir(), "registry-login-company-"));
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }));
const COMPANY = makeCompany(FOLDER);

/** Asks a registry for an image as skopeo does, with these variables alone. @returns what it prints */
async function askBySkopeo(host: string, env: Readonly<Record<string, string>>): Promise<string> {
  const variables = Object.entries({ PATH: process.env.PATH ?? "", HOME: writeFiles({}), ...env });
  const words = variables.map(([name, value]) => `${name}=${value}`);
  const image = `docker://${host}/acme/app:1`;
  const args = ["skopeo", "--command-timeout=20s", "inspect", "--raw", `--creds=${USER}:${PASSWORD}`, image];
  return (await tryRun("env", ["-i", ...words, ...args])).output;
}

/** A proxy that rejects everything, by HTTP and by SOCKS5. */
async function startWall(): Promise<{ port: number; asked: () => boolean }> {
  let asked = false;
  const server = createServer((socket) => {
    socket.on("error", () => socket.destroy());
    socket.once("data", () => {
      asked = true;
      socket.end("HTTP/1.1 403 Forbidden\r\n\r\n");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return { port: (server.address() as { port: number }).port, asked: () => asked };
}

const rows = [
  ...PROXY_RULES.noProxy.map(({ noProxy, url, isCovered }) => ({
    env: { HTTPS_PROXY: "http://127.0.0.1:PORT", NO_PROXY: noProxy },
    url,
    expected: isCovered ? "direct" : "proxy",
  })),
  ...PROXY_RULES.variables.filter(({ expected }) => expected !== "unknown"),
].filter(({ url }) => !isUnreachableForLong(url));

/** A connection to one of these addresses would wait for the end of its time. */
function isUnreachableForLong(url: string): boolean {
  return /\/(?:1[01]\.|\[2001)/.test(url);
}

describe("a proxy", () => {
  test("is used by skopeo as the table says", async () => {
    const results = await Promise.all(
      rows.map(async ({ env, url, expected }) => {
        const wall = await startWall();
        await askBySkopeo(new URL(url).host, withPort(env, wall.port));
        return { env, url, expected, found: wall.asked() ? "proxy" : "direct" };
      }),
    );
    expect(results.length).toBeGreaterThan(40);
    expect(results.filter(({ expected, found }) => expected !== found)).toEqual([]);
  });

  test.each([
    ["", undefined],
    ["bob:pass-word@", undefined],
    ["bob:pass-word@", "bob:pass-word"],
  ])("of the kind SOCKS5 gets from us what it gets from skopeo: %j, with the login %j", async (login, required) => {
    const { port, env } = await setUpTrust({ what: "", code: null, source: "" }, COMPANY);
    const proxy = await startSocksProxy(port, required === undefined ? {} : { login: required });
    const variables = { ...env, HTTPS_PROXY: `socks5://${login}${proxy.host}` };
    await askBySkopeo("registry.example.com", variables);
    const [skopeos] = proxy.sent;
    const count = proxy.sent.length;
    await ask("registry.example.com", { env: variables });
    expect(skopeos).toMatch(/^05/);
    expect(new Set(proxy.sent.slice(count))).toEqual(new Set([skopeos]));
  });

  test("gets the request for a tunnel with its own login", async () => {
    const proxy = await startConnectProxy(1, "403 Forbidden");
    await askBySkopeo("registry.example.com", { HTTPS_PROXY: `http://${proxy.host}` });
    await ask("registry.example.com", { env: { HTTPS_PROXY: `http://${proxy.host}` } });
    expect(new Set(proxy.requests)).toEqual(new Set(["CONNECT registry.example.com:443"]));
    expect(BASIC).toMatch(/^Basic /);
  });
});

describe("a certificate", () => {
  test.each(TRUST)("$what: $code, as for skopeo", async (row) => {
    const { host, env } = await setUpTrust(row, COMPANY);
    const output = await askBySkopeo(host, env);
    const fails = /x509: |tls: |missing (?:key|client certificate)|private key does not match/i.test(output);
    expect({ fails, output }).toMatchObject({ fails: row.code !== null });
    // What the registry answers for the image.
    if (!fails) expect(output).toBe("{}");
  });
});
