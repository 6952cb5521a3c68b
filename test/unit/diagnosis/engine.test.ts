import { execFileSync } from "node:child_process";
import { chmodSync, chownSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { type Diagnosed, diagnose } from "../../support/doctor.ts";
import { authOf } from "../../support/encoding.ts";
import { accepting, type EngineSocket, startEngineSocket, startSocket } from "../../support/engine-socket.ts";
import { leakedPieces } from "../../support/leaks.ts";
import { answer, startServer } from "../../support/misbehaving-server.ts";
import { scripted, startNamed } from "../../support/scripted-registry.ts";
import { makeHome, tempFolder } from "../../support/temp-home.ts";

const PASSWORD = "pl4nted-S3cret-of-the-engine";

/** The doctor's answer where a person has logged in to a registry of this machine with docker. */
async function examine(
  env: Readonly<Record<string, string>>,
  { image = "", timeout = "20" } = {},
): Promise<Diagnosed & { readonly host: string }> {
  const { host } = await startServer(scripted({ password: PASSWORD }));
  const home = makeHome();
  home.writeConfig(JSON.stringify({ auths: { [host]: { auth: authOf("bob", PASSWORD) } } }));
  const diagnosed = await diagnose({
    context: home.context({ PATH: "/nonexistent", ...env }),
    targets: [`${host}${image}`],
    options: { timeout },
  });
  expect(leakedPieces(diagnosed.text + diagnosed.json, PASSWORD)).toEqual([]);
  return { ...diagnosed, host };
}

const ofEngine = ({ steps }: Diagnosed): readonly string[] => steps.filter((step) => step.startsWith("engine"));

describe("an engine that reaches the registry", () => {
  test("is asked about a host with docker's own login, and pulls nothing", async () => {
    const engine = await startEngineSocket(accepting("bob", PASSWORD));
    const { exitCode, steps, text, host } = await examine(engine.env);
    expect(exitCode).toBe(0);
    expect(steps).toContain("engine ok");
    expect(text).toContain(`docker's engine resolves, reaches and trusts ${host}, and its login is accepted`);
    const login = { username: "bob", password: PASSWORD, serveraddress: host };
    // The doctor runs twice: for its text, and for its JSON.
    expect(engine.questions).toEqual([
      { about: host, login },
      { about: host, login },
    ]);
    expect(new Set(engine.requests)).toEqual(new Set(["GET /_ping", "POST /v1.41/auth"]));
  });

  test("is asked about an image with docker's own login, and pulls nothing", async () => {
    const engine = await startEngineSocket(accepting("bob", PASSWORD));
    const { wrong, steps, host } = await examine(engine.env, { image: "/acme/app:1" });
    expect(wrong).toEqual([]);
    expect(steps).toContain("engine ok");
    const login = { username: "bob", password: PASSWORD, serveraddress: host };
    expect(engine.questions[0]).toEqual({ about: `${host}/acme/app:1`, login });
    expect(new Set(engine.requests)).toEqual(
      new Set(["GET /_ping", `GET /v1.41/distribution/${host}/acme/app:1/json`]),
    );
  });

  test("podman's, which has no answer about an image, is asked about the host", async () => {
    const engine = await startEngineSocket(accepting("bob", PASSWORD), "Libpod/4.3.1 (linux)");
    const { steps, host } = await examine(engine.env, { image: "/acme/app:1" });
    expect(steps).toContain("engine ok");
    expect(engine.questions.map(({ about }) => about)).toEqual([host, host]);
  });

  test("is asked about Docker Hub, and not about its image, which counts as a pull", async () => {
    const engine = await startEngineSocket(accepting("bob", PASSWORD));
    const { env } = await startNamed(["registry-1.docker.io"], scripted({ password: PASSWORD, realm: "/token" }));
    const home = makeHome();
    const hub = "https://index.docker.io/v1/";
    home.writeConfig(JSON.stringify({ auths: { [hub]: { auth: authOf("bob", PASSWORD) } } }));
    const context = home.context({ PATH: "/nonexistent", ...env, ...engine.env });
    const { steps } = await diagnose({ context, targets: ["acme/app:1"] });
    expect(steps).toContain("engine ok");
    expect(engine.questions.map(({ about }) => about)).toEqual([hub, hub]);
  });

  test("gets no login where the registry is open to all", async () => {
    const engine = await startEngineSocket(() => ({ status: 500, message: "no basic auth credentials" }));
    const { host } = await startServer((response) => answer(response, 200));
    const context = makeHome().context({ PATH: "/nonexistent", ...engine.env });
    const { wrong, steps } = await diagnose({ context, targets: [host] });
    expect([wrong, ofEngine({ steps } as Diagnosed)]).toEqual([[], ["engine ok"]]);
    expect(engine.questions[0]?.login).toEqual({ serveraddress: host });
  });

  test("is not asked about a registry that rejects the login", async () => {
    const engine = await startEngineSocket(accepting("bob", PASSWORD));
    const { host } = await startServer(scripted({ password: "a-different-password" }));
    const home = makeHome();
    home.writeConfig(JSON.stringify({ auths: { [host]: { auth: authOf("bob", PASSWORD) } } }));
    const context = home.context({ PATH: "/nonexistent", ...engine.env });
    expect((await diagnose({ context, targets: [host] })).wrong).toEqual(["credential-refused"]);
    expect(engine.questions).toEqual([]);
  });
});

describe("where no engine is used", () => {
  const withProgram = (name: string, text: string): string => {
    const folder = tempFolder();
    writeFileSync(join(folder, name), text);
    chmodSync(join(folder, name), 0o755);
    return folder;
  };

  test.each([
    ["podman and skopeo alone", () => withProgram("skopeo", "#!/bin/sh\nexit 1\n")],
    ["podman under docker's name", () => withProgram("docker", '#!/bin/sh\n# podman-docker\nexec podman "$@"\n')],
    [
      "a link from docker to podman",
      () => {
        const folder = withProgram("podman", "#!/bin/sh\nexit 1\n");
        symlinkSync("podman", join(folder, "docker"));
        return folder;
      },
    ],
  ])("there is no step: %s", async (_, folder) => {
    const diagnosed = await examine({ PATH: folder() });
    expect([diagnosed.wrong.filter((code) => code.startsWith("engine")), ofEngine(diagnosed)]).toEqual([[], []]);
  });

  test.each(["tcp://bob:hunter2@192.0.2.1:2376", "ssh://bob@build.example", "npipe:////./pipe/docker_engine"])(
    "an engine elsewhere is not examined, and the report says so: %s",
    async (DOCKER_HOST) => {
      const { wrong, notes, text } = await examine({ DOCKER_HOST });
      expect([wrong, notes]).toEqual([[], ["engine-remote"]]);
      expect(text).toContain("this doctor did not check");
      expect(text).not.toMatch(/hunter2|bob@/);
    },
  );
});

describe("a socket that is not an engine's", () => {
  const inFolder = (make: (path: string) => void): string => {
    const path = join(tempFolder(), "docker.sock");
    make(path);
    return path;
  };

  test.each([
    ["a folder", () => inFolder((path) => mkdirSync(path)), "engine-not-docker"],
    ["a file", () => inFolder((path) => writeFileSync(path, "")), "engine-not-docker"],
    ["a FIFO", () => inFolder((path) => execFileSync("mkfifo", [path])), "engine-not-docker"],
    ["a device", () => "/dev/zero", "engine-not-docker"],
    ["a symlink to itself", () => inFolder((path) => symlinkSync(path, path)), "engine-down"],
    ["nothing", () => "/nonexistent/docker.sock", "engine-down"],
  ])("%s is named", async (_, path, code) => {
    const { wrong, exitCode } = await examine({ DOCKER_HOST: `unix://${path()}` });
    expect([wrong, exitCode]).toEqual([[code], 1]);
  });

  test.each([
    ["a relative path", "unix://docker.sock"],
    ["no scheme", "/var/run/docker.sock"],
  ])("an address that docker cannot use is named: %s", async (_, DOCKER_HOST) => {
    expect((await examine({ DOCKER_HOST })).wrong).toEqual(["engine-address"]);
  });
});

type Serve = (request: IncomingMessage, response: ServerResponse) => void;

const endless: Serve = (_, response) => {
  response.writeHead(200, { "api-version": "1.41" });
  const send = (): void => {
    while (!response.destroyed && response.write("x".repeat(64 * 1024)));
    if (!response.destroyed) response.once("drain", send);
  };
  send();
};
const silent: Serve = () => undefined;
const closed: Serve = (request) => request.socket.destroy();
const garbage: Serve = (request) => request.socket.end("SSH-2.0-OpenSSH_9.2\r\n");
const manyHeaders: Serve = (_, response) => {
  response.writeHead(200, { "api-version": "1.41", x: "x".repeat(100_000) }).end("OK");
};

describe("whatever answers at the socket, the doctor ends and examines the rest", () => {
  test.each<readonly [string, Serve, string]>([
    ["an endless answer", endless, "engine-down"],
    ["no answer", silent, "engine-down"],
    ["a closed connection", closed, "engine-down"],
    ["something else than HTTP", garbage, "engine-down"],
    ["headers without an end", manyHeaders, "engine-down"],
    ["a web page", (_, response) => answer(response, 200, {}, "<html>"), "engine-not-docker"],
    [
      "a version that is a path",
      (_, response) => answer(response, 200, { "api-version": "1.41/../../containers" }),
      "engine-not-docker",
    ],
  ])("instead of an engine: %s", async (_, serve, code) => {
    const socket = await startSocket(serve);
    const { wrong, steps } = await examine(socket.env, { timeout: "1" });
    expect(wrong).toEqual([code]);
    expect(steps).toEqual(expect.arrayContaining(["login ok", "docker ok"]));
    expect(new Set(socket.requests)).toEqual(new Set(["GET /_ping"]));
  });

  const message = (text: string): Serve => {
    return (_, response) => answer(response, 500, {}, JSON.stringify({ message: text }));
  };

  test.each<readonly [string, Serve, { wrong?: string; note?: string }]>([
    ["an endless answer", endless, { note: "engine-unclear" }],
    ["no answer", silent, { wrong: "engine-no-answer" }],
    ["a closed connection", closed, { note: "engine-unclear" }],
    ["something else than HTTP", garbage, { note: "engine-unclear" }],
    ["something else than JSON", (_, response) => answer(response, 500, {}, "<html>"), { note: "engine-unclear" }],
    [
      "a message that is not a text",
      (_, response) => answer(response, 500, {}, '{"message":{}}'),
      { note: "engine-unclear" },
    ],
    [
      "terminal control characters",
      message("\u001b]0;pwned\u0007\nregistry-login: all fine"),
      { note: "engine-unclear" },
    ],
    ["a long message", message("x".repeat(200_000)), { note: "engine-unclear" }],
    [
      "the login that it was given",
      message(`password ${PASSWORD} of ${authOf("bob", PASSWORD)}`),
      { note: "engine-unclear" },
    ],
    [
      "a redirect",
      (_, response) => answer(response, 302, { location: "http://192.0.2.1/" }),
      { note: "engine-unclear" },
    ],
  ])("about a registry: %s", async (_, serve, { wrong, note }) => {
    const socket = await startSocket((request, response) => {
      if (request.url === "/_ping") answer(response, 200, { "api-version": "1.41" }, "OK");
      else serve(request, response);
    });
    const found = await examine(socket.env, { timeout: "1" });
    expect([found.wrong, found.notes]).toEqual([[wrong ?? []].flat(), [note ?? []].flat()]);
    for (const text of ["\u0007", "\u001b", "\nregistry-login: all fine"]) expect(found.text).not.toContain(text);
    expect(found.text.length).toBeLessThan(5000);
  });
});

describe("a login is not sent to a socket that another user could replace", () => {
  const expectNone = async (engine: EngineSocket): Promise<void> => {
    const { wrong, notes, steps, host } = await examine(engine.env);
    expect([wrong, notes]).toEqual([[], ["engine-socket-of-another"]]);
    expect(steps).toContain("engine ok");
    expect(engine.questions[0]).toEqual({ about: host, login: { serveraddress: host } });
  };

  test("in a folder that others can write to", async () => {
    const engine = await startEngineSocket(accepting("bob", PASSWORD));
    chmodSync(dirname(engine.path), 0o777);
    await expectNone(engine);
  });

  test("that belongs to a different user", async () => {
    const engine = await startEngineSocket(accepting("bob", PASSWORD));
    if (process.getuid?.() !== 0) throw new Error("this test gives a socket to a different user, which needs root");
    chownSync(engine.path, 12345, 12345);
    await expectNone(engine);
  });

  test("through a symlink in a folder that others can write to", async () => {
    const engine = await startEngineSocket(accepting("bob", PASSWORD));
    const folder = tempFolder();
    chmodSync(folder, 0o777);
    symlinkSync(engine.path, join(folder, "docker.sock"));
    await expectNone({ ...engine, env: { DOCKER_HOST: `unix://${join(folder, "docker.sock")}` } });
  });
});
