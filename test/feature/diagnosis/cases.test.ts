import { appendFileSync, chmodSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { credentialHelper } from "../../../src/commands/credential-helper/credential-helper.ts";
import { doctor } from "../../../src/commands/doctor/doctor.ts";
import { PLAIN } from "../../../src/terminal/terminal.ts";
import { makeCertificate } from "../../support/certificate.ts";
import { diagnose, makePath, type Situation } from "../../support/doctor.ts";
import { basic } from "../../support/encoding.ts";
import { leakedPieces } from "../../support/leaks.ts";
import { answer, startServer } from "../../support/misbehaving-server.ts";
import { scripted, startNamed } from "../../support/scripted-registry.ts";
import { fresh, loggedIn, makeHome, PASSWORD, set, startRegistry } from "./table.ts";

/** A person with this configuration of docker, and one program more on the PATH. */
function withStore(config: object, name: string, script: string): Situation {
  const home = makeHome();
  home.writeConfig(JSON.stringify(config));
  const bin = makePath(home);
  writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(bin, name), 0o755);
  return { context: home.context({ PATH: bin }) };
}

describe("a target shows the mistake that prevents its login", () => {
  test.each([
    ["a server in quotes", (host: string) => ({ env: set("A", `"${host}"`) }), ["secret-quoted"]],
    [
      "every part has a wrong name",
      () => ({
        env: {
          A_CONTAINER_REGISTRY_URL: "x.example",
          A_CONTAINER_REGISTRY_USERNAME: "b",
          A_CONTAINER_REGISTRY_PASS: PASSWORD,
        },
      }),
      ["secret-misnamed", "secret-misnamed", "secret-misnamed"],
    ],
    [
      "the server from the option, and a token instead of the password",
      (host: string) => ({ env: { A_CONTAINER_REGISTRY_TOKEN: PASSWORD }, options: { registries: `A=${host}` } }),
      ["secret-missing", "secret-misnamed"],
    ],
  ])("%s", async (_, arrange, codes) => {
    const host = await startRegistry();
    const { env, ...rest } = arrange(host) as { env: Record<string, string> };
    expect((await diagnose(fresh(env, { ...rest, targets: [host] }))).wrong).toEqual(codes);
  });

  test("a host one letter away from a known registry gets no request", async () => {
    const { env, server } = await startNamed(["ghrc.io"], scripted({ password: PASSWORD }));
    expect((await diagnose(fresh(env, { targets: ["ghrc.io/acme/app:1"] }))).wrong).toEqual(["server-misspelt"]);
    expect(server.seen).toEqual([]);
  });
});

test.each([
  ["server and user, no password", { PASSWORD: undefined }, ["secret-missing"]],
  ["only a password", { SERVER: undefined, USER: undefined }, ["secret-missing", "secret-missing"]],
])("%s is reported as an incomplete login", async (_, parts, codes) => {
  expect((await diagnose(fresh(set("A", "acr.example.com", parts)))).wrong).toEqual(codes);
});

test("a wrong suffix is reported as the server step, even if the host name is not found", async () => {
  const { wrong, steps } = await diagnose(fresh(set("ACR", "acme.azurecr.invalid")));
  expect(wrong).toEqual(["server-suffix", "host-unknown"]);
  expect(steps.filter((step) => step.startsWith("server"))).toEqual(["server wrong"]);
});

test("a dollar sign in a user name is not an unexpanded variable", async () => {
  const host = await startRegistry({ user: "$oauthtoken" });
  const { wrong } = await diagnose(fresh(set("NGC", host, { USER: "$oauthtoken", PASSWORD: "another-password-1" })));
  expect(wrong).toEqual(["credential-refused"]);
});

test("an accepted login that proves nothing is a note", async () => {
  const { host } = await startServer((response) => answer(response, 200));
  const { wrong, notes } = await diagnose((await loggedIn(set("A", host))).situation);
  expect([wrong, notes]).toEqual([[], ["login-unproven"]]);
});

describe("Docker Hub is judged by the key of the name as it is written:", () => {
  const HUB_KEYS = ["https://index.docker.io/v1/", "docker.io"];

  test.each([
    ["acme/app", []],
    ["index.docker.io/acme/app", []],
    ["registry-1.docker.io/acme/app", ["line-missing"]],
    ["registry.hub.docker.com/acme/app", ["line-missing"]],
  ])("%s, with the keys of an older login", async (target, codes) => {
    const hosts = ["registry-1.docker.io", "registry.hub.docker.com"];
    const { env } = await startNamed(hosts, scripted({ password: PASSWORD, realm: "/token" }));
    const { home, situation } = await loggedIn({ ...env, ...set("HUB", "docker.io") });
    home.writeConfig(
      JSON.stringify({ credHelpers: Object.fromEntries(HUB_KEYS.map((key) => [key, "registry-login"])) }),
    );
    expect((await diagnose({ ...situation, targets: [target] })).wrong).toEqual(codes);
  });
});

describe("the client's side, without a login of ours", () => {
  test.each([
    ["fails", "echo 'error getting credentials: VS Code is not connected'; exit 1", "helper-fails"],
    ["is not there", null, "other-helper-missing"],
  ])("a credential store that %s", async (_, script, code) => {
    const host = await startRegistry();
    const situation = withStore(
      { credsStore: "code" },
      script === null ? "other" : "docker-credential-code",
      script ?? "",
    );
    expect((await diagnose({ ...situation, targets: [host] })).wrong).toEqual([code]);
  });

  test("a key that old versions of docker wrote is found", async () => {
    const host = await startRegistry();
    const auth = basic("bob", PASSWORD).slice("Basic ".length);
    const situation = withStore({ auths: { [`https://${host}/v2/`]: { auth } } }, "nothing", "");
    const { wrong, notes, text } = await diagnose({ ...situation, targets: [`${host}/acme/app:1`] });
    expect([wrong, notes]).toEqual([[], []]);
    expect(text).toContain("accepts the login for bob");
  });

  test("npm has a token and no scope that uses it: a note with the line that npm needs", async () => {
    const { env } = await startNamed(["npm.pkg.github.com"], (response) =>
      answer(response, 200, {}, '{"username":"bob"}'),
    );
    const npm = set("N", "npm.pkg.github.com", { PASSWORD: "ghp_0123456789" });
    const { home, situation } = await loggedIn({ ...env, ...npm });
    const noted = await diagnose(situation);
    expect([noted.wrong, noted.notes]).toEqual([[], ["npm-no-scope"]]);
    expect(noted.text).toContain("add @SCOPE:registry=https://npm.pkg.github.com");
    appendFileSync(join(home.folder, ".npmrc"), "@acme:registry=https://npm.pkg.github.com\n");
    expect((await diagnose(situation)).notes).toEqual([]);
  });

  test("a web page is not a registry, with or without a login", async () => {
    const { host } = await startServer((response) => answer(response, 200, { "content-type": "text/html" }, "<html>"));
    expect((await diagnose(fresh({}, { targets: [host] }))).wrong).toEqual(["web-page"]);
  });
});

describe("no output contains a secret that is not in the environment", () => {
  test("of a `docker login`, which the registry repeats as a scheme", async () => {
    const { host } = await startServer((response) =>
      answer(response, 401, { "www-authenticate": PASSWORD.replace(/\W/g, "-") }),
    );
    const { home, bin } = await loggedIn({});
    const input = JSON.stringify({ ServerURL: host, Username: "bob", Secret: PASSWORD.replace(/\W/g, "-") });
    await credentialHelper(home.context(), ["store"], async () => input);
    const { text, json, wrong } = await diagnose({ context: home.context({ PATH: bin }), targets: [host] });
    expect(wrong).toContain("unknown-challenge");
    expect(leakedPieces(text + json, PASSWORD.replace(/\W/g, "-"))).toEqual([]);
  });

  test("of a token that is the user name in config.json", async () => {
    const token = "ghp_Planted0123456789abcdef";
    const host = await startRegistry({ user: token, password: "x-oauth-basic" });
    const auth = basic(token, "x-oauth-basic").slice("Basic ".length);
    const situation = withStore({ auths: { [host]: { auth } } }, "nothing", "");
    const { text, json } = await diagnose({ ...situation, targets: [host] });
    expect(text).toContain("accepts the login for a token");
    expect(leakedPieces(text + json, token)).toEqual([]);
  });

  test.each(["bob:hunter2-of-mine@ghcr.io", "https://bob:hunter2-of-mine@ghcr.io/x", `${"hunter2".repeat(60)}`])(
    "of the target %s",
    async (target) => {
      const { text, json } = await diagnose(fresh({}, { targets: [target] }));
      expect(text + json).not.toContain("hunter2");
    },
  );
});

test.each(["false", "docker", "registry", "healthy"])(
  "a password that is the word %s does not break a report",
  async (password) => {
    const { situation } = await loggedIn(set("A", await startRegistry({ password }), { PASSWORD: password }));
    const { wrong, text, steps } = await diagnose(situation);
    expect(wrong).toEqual([]);
    expect(text).toMatch(/^registry-login doctor: no problems found/);
    expect(steps).toContain("docker ok");
  },
);

test("terminal control characters are removed", async () => {
  const home = makeHome();
  const host = await startRegistry({ user: "\u001b]0;pwned\u0007bob" });
  const auth = basic("\u001b]0;pwned\u0007bob", PASSWORD).slice("Basic ".length);
  home.writeConfig(JSON.stringify({ auths: { [host]: { auth } } }));
  const { text } = await diagnose({ context: home.context({ PATH: makePath(home) }), targets: [host] });
  expect(text).not.toContain("\u001b");
});

test("a proxy that stalls while the certificate authority is read ends at the timeout", async () => {
  const certificate = makeCertificate("registry.example.com");
  const { port } = await startServer(scripted({ password: PASSWORD }), certificate);
  let tunnels = 0;
  const sockets: { destroy(): void }[] = [];
  const proxy = createServer().on("connect", (_, client) => {
    sockets.push(client);
    tunnels++;
    if (tunnels > 1) return;
    const upstream = connect(port, "127.0.0.1", () => {
      client.write("HTTP/1.1 200 OK\r\n\r\n");
      upstream.pipe(client).pipe(upstream);
    });
    sockets.push(upstream);
    for (const socket of [upstream, client]) socket.on("error", () => undefined);
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    proxy.close();
  });
  const HTTPS_PROXY = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  const { context } = fresh({ ...set("A", "registry.example.com"), HTTPS_PROXY });
  const flags = { options: { timeout: "2" }, targets: [], push: false, json: false };
  const { stdout } = await doctor({ ...context, terminal: PLAIN }, flags);
  expect(stdout).toContain("[certificate-authority]");
});
