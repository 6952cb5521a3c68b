import { readFileSync, symlinkSync, unlinkSync } from "node:fs";
import { createServer } from "node:http";
import { type AddressInfo, createServer as createSocketServer } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { startConnectProxy } from "../support/connect-proxy.ts";
import { type Diagnosed, diagnose, makePath } from "../support/doctor.ts";
import { closeServer } from "../support/embedded-registry.ts";
import { basic } from "../support/encoding.ts";
import { leaks } from "../support/leaks.ts";
import { startLocalRegistry } from "../support/local-registry.ts";
import { answer } from "../support/misbehaving-server.ts";
import { PRIVATE_IMAGE, randomPassword, secretsFor } from "../support/registry.ts";
import { type EngineSettings, startSecondEngine } from "../support/second-engine.ts";
import { type Ran, run, tryRun } from "../support/shell.ts";
import { logIn, makeHome, tempFolder } from "../support/temp-home.ts";
import { startTlsRegistry, type TlsRegistry } from "../support/tls-registry.ts";

const HOST = "registry.company.example";
const owner = { user: "owner", password: randomPassword() };

let registry: TlsRegistry;
/** Has the same name elsewhere, and lets nobody in. */
let other: TlsRegistry;

const ADDRESSES = { registry: "127.0.0.81", other: "127.0.0.82" };

beforeAll(async () => {
  const reject = (response: Parameters<typeof answer>[0]): false => {
    answer(response, 401, { "www-authenticate": 'Basic realm="company"', "content-type": "application/json" });
    return false;
  };
  registry = await startTlsRegistry(ADDRESSES.registry, [HOST], ({ headers }, response) =>
    headers.authorization === basic(owner.user, owner.password) ? true : reject(response),
  );
  other = await startTlsRegistry(ADDRESSES.other, [HOST], (_, response) => reject(response));
});

afterAll(async () => {
  await registry?.close();
  await other?.close();
});

/** The setting of an engine whose proxy leads to a server of this machine. */
async function through(port: number, address?: string): Promise<EngineSettings> {
  const { host } = await startConnectProxy(port, undefined, address, join(tempFolder(), "proxy.sock"));
  return { proxy: host };
}

const trusting = ({ certFile }: TlsRegistry): EngineSettings => ({
  authorities: { [HOST]: readFileSync(certFile, "utf8") },
});

/**
 * Logs in with all that a container needs for the registry, next to an engine with these settings. Then asks the doctor
 * about the registry and about an image, and docker for the image.
 */
async function examine(
  settings: EngineSettings,
  { image = PRIVATE_IMAGE, timeout = "20" } = {},
): Promise<{ readonly ofHost: Diagnosed; readonly ofImage: Diagnosed; readonly pull: Ran }> {
  const engine = await startSecondEngine(settings);
  const proxy = await startConnectProxy(443, undefined, ADDRESSES.registry);
  const home = makeHome();
  const env = {
    PATH: `${makePath(home)}:${process.env.PATH}`,
    ...engine,
    ...secretsFor("COMPANY", { host: HOST }, owner),
    HTTPS_PROXY: `http://${proxy.host}`,
    SSL_CERT_FILE: registry.certFile,
  };
  const context = home.context(env);
  expect((await logIn(context)).registries).toMatchObject([{ outcome: "verified" }]);
  const options = { timeout };
  const ofHost = await diagnose({ context, options });
  const ofImage = await diagnose({ context, options, targets: [`${HOST}/${image}`] });
  for (const { text, json } of [ofHost, ofImage]) expect(leaks(text + json, owner.user, owner.password)).toEqual([]);
  const pull = await tryRun("docker", ["pull", "-q", `${HOST}/${image}`], { env: { ...env, HOME: home.folder } });
  return { ofHost, ofImage, pull };
}

/** A proxy that accepts every connection and answers nothing. */
async function startSilentProxy(): Promise<EngineSettings> {
  const sockets: { destroy(): void }[] = [];
  const server = createSocketServer((socket) => sockets.push(socket.on("error", () => undefined)));
  const path = join(tempFolder(), "proxy.sock");
  await new Promise<void>((resolve) => server.listen(path, resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { proxy: path };
}

async function startWithoutTls(): Promise<number> {
  const server = createServer((_, response) => answer(response, 200));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => closeServer(server));
  return (server.address() as AddressInfo).port;
}

interface Case {
  readonly engine: string;
  readonly settings: () => Promise<EngineSettings>;
  readonly code: string;
  /** What docker itself prints for a pull. */
  readonly pull: RegExp;
  readonly timeout?: string;
}

const CASES: readonly Case[] = [
  {
    engine: "cannot resolve",
    settings: async () => ({}),
    code: "engine-host-unknown",
    pull: /dial tcp: lookup/,
  },
  {
    engine: "cannot reach",
    settings: async () => ({ hosts: { [HOST]: "192.0.2.1" } }),
    code: "engine-unreachable",
    pull: /network is unreachable/,
  },
  {
    engine: "has no answer from",
    settings: startSilentProxy,
    code: "engine-no-answer",
    pull: /Client.Timeout|deadline exceeded|canceled/,
    timeout: "2",
  },
  {
    engine: "has a proxy that is down on the way to",
    settings: async () => ({ proxy: "down" }),
    code: "engine-proxy",
    pull: /proxyconnect/,
  },
  {
    engine: "does not trust",
    settings: async () => through(443, ADDRESSES.registry),
    code: "engine-certificate-authority",
    pull: /x509: certificate signed by unknown authority/,
  },
  {
    engine: "finds a server without TLS instead of",
    settings: async () => through(await startWithoutTls()),
    code: "engine-no-tls",
    pull: /server gave HTTP response to HTTPS client/,
  },
  {
    engine: "cannot authenticate at",
    settings: async () => ({ ...(await through(443, ADDRESSES.other)), ...trusting(other) }),
    code: "engine-refused",
    pull: /unauthorized|no basic auth credentials|denied/,
  },
];

test.each(CASES)(
  "a real engine that $engine the registry is named: $code",
  async ({ settings, code, pull, timeout }) => {
    const found = await examine(await settings(), timeout === undefined ? {} : { timeout });
    expect(found.pull.exitCode).not.toBe(0);
    expect(found.pull.output).toMatch(pull);
    for (const { wrong, exitCode, steps } of [found.ofHost, found.ofImage]) {
      expect(wrong).toEqual([code]);
      expect(exitCode).toBe(1);
      expect(steps).toEqual(expect.arrayContaining(["network ok", "login ok", "docker ok", "engine wrong"]));
    }
  },
);

test("a real engine that does all of it has no finding, and pulls", async () => {
  const found = await examine({ ...(await through(443, ADDRESSES.registry)), ...trusting(registry) });
  for (const { wrong, notes, exitCode, text } of [found.ofHost, found.ofImage]) {
    expect([wrong, notes, exitCode]).toEqual([[], [], 0]);
    expect(text).toContain(`docker's engine resolves, reaches and trusts ${HOST}, and its login is accepted`);
  }
  expect(found.pull.output).toContain(PRIVATE_IMAGE);
  expect(found.pull.exitCode).toBe(0);
});

test("an image that does not exist is the registry's step, and not the engine's", async () => {
  const settings = { ...(await through(443, ADDRESSES.registry)), ...trusting(registry) };
  const { ofImage } = await examine(settings, { image: "private/hello:2" });
  expect(ofImage.wrong).toEqual(["image-missing"]);
  expect(ofImage.steps).toContain("engine ok");
});

describe("the engine is the one that docker itself uses", () => {
  /** A home folder with a context of docker that leads to this machine's engine by a path of its own. */
  async function withContext(): Promise<{ env: Record<string, string>; host: string; docker: Docker; socket: string }> {
    const host = await startLocalRegistry(owner.password);
    const home = makeHome();
    const socket = join(tempFolder(), "engine.sock");
    symlinkSync("/var/run/docker.sock", socket);
    const env = { HOME: home.folder, PATH: process.env.PATH ?? "", DOCKER_CONFIG: join(home.folder, ".docker") };
    const docker: Docker = (...args) => run("docker", args, { env: { ...env, DOCKER_HOST: undefined } });
    await docker("context", "create", "mine", `--docker=host=unix://${socket}`);
    return { env, host, docker, socket };
  }
  type Docker = (...args: string[]) => Promise<Ran>;
  const ask = async (env: Record<string, string>, host: string): Promise<Diagnosed> =>
    await diagnose({ context: makeHome().context(env), targets: [host] });

  test("with docker context use, with DOCKER_CONTEXT, and without its context", async () => {
    const { env, host, docker, socket } = await withContext();
    await docker("context", "use", "mine");
    expect((await docker("context", "show")).stdout.trim()).toBe("mine");
    expect(await ask(env, host)).toMatchObject({ wrong: [], steps: expect.arrayContaining(["engine ok"]) });
    // The context's own socket is asked, and not docker's default.
    unlinkSync(socket);
    expect((await ask(env, host)).wrong).toEqual(["engine-down"]);
    expect((await ask({ ...env, DOCKER_CONTEXT: "default" }, host)).wrong).toEqual([]);
    await docker("context", "use", "default");
    expect((await ask(env, host)).wrong).toEqual([]);
    expect((await ask({ ...env, DOCKER_CONTEXT: "mine" }, host)).wrong).toEqual(["engine-down"]);
    const overridden = { ...env, DOCKER_CONTEXT: "mine", DOCKER_HOST: "unix:///var/run/docker.sock" };
    expect((await ask(overridden, host)).wrong).toEqual([]);
    await docker("context", "rm", "mine");
    expect((await ask({ ...env, DOCKER_CONTEXT: "mine" }, host)).wrong).toEqual(["engine-address"]);
  });
});
