import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { credentialHelper } from "../../../../src/commands/credential-helper/credential-helper.ts";
import type { LoginStatus } from "../../../../src/commands/status/report.ts";
import { status } from "../../../../src/commands/status/status.ts";
import { AWS_KEY, ECR_HOST } from "../../../support/aws-endpoint.ts";
import { installHelper } from "../../../support/clients.ts";
import { runLine } from "../../../support/command-line.ts";
import { makeJwt } from "../../../support/encoding.ts";
import { leaks } from "../../../support/leaks.ts";
import { startLocalRegistry } from "../../../support/local-registry.ts";
import { answer, startServer } from "../../../support/misbehaving-server.ts";
import { AZURE_TOKEN_USER } from "../../../support/named-registries.ts";
import { logIn, makeHome, secrets, type TempHome, writtenFiles } from "../../../support/temp-home.ts";

const NOON = Date.UTC(2026, 0, 1, 12);
const PASSWORD = "planted-password";
const OFF = { verify: "false" };
const EVERYONE = { docker: true, podman: true, npm: false };
const NOBODY = { docker: false, podman: false, npm: false };

type Env = Record<string, string>;

async function read(home: TempHome, env: Env = {}, now = NOON): Promise<LoginStatus[]> {
  const context = { ...home.context({ PATH: installHelper(home), ...env }), now: () => now };
  const { stdout, exitCode } = await status(context, true);
  expect(exitCode).toBe(0);
  expect(existsSync(join(home.folder, "helper-was-run"))).toBe(false);
  return JSON.parse(stdout).logins;
}

const CLIENTS = ["docker", "podman", "skopeo", "buildah", "npm"];

const say = async (home: TempHome, env: Env = {}, now = NOON): Promise<string> =>
  (await status({ ...home.context({ ...env, PATH: env.PATH ?? installHelper(home, CLIENTS) }), now: () => now }, false))
    .stdout;

async function logInAt(home: TempHome, env: Env, options: Env = OFF): Promise<void> {
  await logIn({ ...home.context(env), now: () => NOON }, options);
}

async function store(home: TempHome, host: string, user: string, secret: string): Promise<void> {
  const text = JSON.stringify({ ServerURL: host, Username: user, Secret: secret });
  await credentialHelper(home.context(), ["store"], async () => text);
}

test("without a login there is one line, and nothing is written", async () => {
  const home = makeHome();
  const { stdout } = await status(home.context(), false);
  expect(stdout).toMatch(/^registry-login: no registry is logged in.*\n$/);
  expect(JSON.parse((await status(home.context(), true)).stdout)).toEqual({ logins: [], root: false });
  expect([readdirSync(home.folder), readdirSync(home.memory)]).toEqual([[], []]);
});

test("a verified login is reported completely, without a request or a write", async () => {
  const home = makeHome();
  const host = await startLocalRegistry(PASSWORD);
  await logInAt(home, secrets("A", host, "bob", PASSWORD), {});
  installHelper(home, CLIENTS);
  const files = [writtenFiles(home.folder), writtenFiles(home.memory)];
  const [vault = ""] = readdirSync(home.memory);
  expect(await read(home)).toEqual([
    {
      host,
      kind: "generic",
      identifier: "A",
      source: "environment",
      user: "bob",
      storage: "memory",
      store: null,
      path: join(home.memory, vault),
      state: "ready",
      code: null,
      detail: "",
      hint: "",
      verified: true,
      verifiedAt: NOON / 1000,
      expiresAt: null,
      renewedAt: null,
      renewsAt: null,
      absentSince: null,
      clients: EVERYONE,
    },
  ]);
  const text = await say(home, {}, NOON + 5 * 60_000);
  expect(text).toMatch(
    /^registry-login: 1 of 1 registries logged in\n {2}\+ {2}A {2}\S+ {2}as bob, from the environment, /,
  );
  expect(text).toContain("stored in memory, verified 5 minutes ago, for docker, podman, skopeo, buildah");
  expect([writtenFiles(home.folder), writtenFiles(home.memory)]).toEqual(files);
});

test("no registry gets a request", async () => {
  const home = makeHome();
  const server = await startServer((response) => answer(response, 200));
  await logInAt(home, secrets("A", server.host, "bob", PASSWORD));
  await read(home);
  expect(server.seen).toEqual([]);
});

test.each([
  ["memory", { storage: "memory", verified: false, verifiedAt: null, clients: EVERYONE }],
  ["disk", { storage: "disk", clients: EVERYONE }],
  ["plaintext", { storage: "plaintext", user: null, clients: EVERYONE }],
])("where a login is stored: %s", async (storage, expected) => {
  const home = makeHome();
  await logInAt(home, secrets("A", "quay.io", "bob", PASSWORD), { ...OFF, storage });
  const [login] = await read(home);
  expect(login).toMatchObject(expected);
  expect(existsSync(login?.path ?? "")).toBe(true);
  if (storage === "plaintext") expect(login?.path).toBe(home.config);
});

describe("problems", () => {
  test("a login that was rejected, with its cause", async () => {
    const home = makeHome();
    const host = await startLocalRegistry("another");
    await logInAt(home, secrets("A", host, "bob", PASSWORD), {});
    expect(await read(home)).toMatchObject([
      { storage: "none", path: null, state: "failed", code: "credential-refused", clients: NOBODY, user: null },
    ]);
    const text = await say(home);
    expect(text).toMatch(/0 of 1 registries logged in\n {2}x {2}A .*401/);
    expect(text).toContain("-> check A_CONTAINER_REGISTRY_USER and A_CONTAINER_REGISTRY_PASSWORD");
  });

  test("a memory vault that was lost in a restart", async () => {
    const home = makeHome();
    await logInAt(home, secrets("A", "quay.io", "bob", PASSWORD));
    for (const name of readdirSync(home.memory)) rmSync(join(home.memory, name), { recursive: true });
    expect(await read(home)).toMatchObject([
      { host: "quay.io", identifier: "A", state: "gone", code: "vault-gone", path: null, user: null, clients: NOBODY },
    ]);
    expect(await say(home)).toMatch(/x {2}A {2}quay\.io .* lost when the container restarted\n {6}-> /);
  });

  test("an Azure token that has expired", async () => {
    const home = makeHome();
    const user = AZURE_TOKEN_USER;
    await logInAt(home, secrets("A", "a.azurecr.io", user, makeJwt({ exp: NOON / 1000 + 3600 })));
    expect(await read(home)).toMatchObject([{ state: "ready", user, expiresAt: NOON / 1000 + 3600 }]);
    expect(await say(home)).toContain("valid until 2026-01-01 13:00 UTC (in 1 hour)");
    const later = NOON + 2 * 3_600_000;
    expect(await read(home, {}, later)).toMatchObject([{ state: "expired", code: "login-expired", clients: NOBODY }]);
    expect(await say(home, {}, later)).toMatch(/expired at 2026-01-01T13:00:00.000Z\n {6}-> renew A_/);
  });

  test("a person's own login overrides the secrets", async () => {
    const home = makeHome();
    await logInAt(home, secrets("A", "quay.io", "bob", PASSWORD));
    await store(home, "quay.io", "eve", "secret-of-eve");
    expect(await read(home)).toMatchObject([
      { identifier: null, source: "docker-login", user: "eve", state: "ready", clients: EVERYONE },
      { identifier: "A", source: "environment", user: "bob", state: "shadowed", code: "stored-login", clients: NOBODY },
    ]);
    expect(await say(home)).toMatch(
      /^registry-login: 1 of 1 registries logged in; docker and podman use the login of eve for quay\.io\n/,
    );
  });
});

test("a login of a codespace: whether GITHUB_TOKEN is set, and npm", async () => {
  const home = makeHome();
  const env = { CODESPACES: "true", GITHUB_USER: "mona", GITHUB_TOKEN: PASSWORD };
  await logInAt(home, env, { ...OFF, npm: "true" });
  expect(await read(home, env)).toMatchObject([
    { host: "ghcr.io", identifier: "GITHUB", source: "github-token", user: "mona", state: "ready", clients: EVERYONE },
    {
      host: "npm.pkg.github.com",
      storage: "npmrc",
      path: join(home.folder, ".npmrc"),
      clients: { ...NOBODY, npm: true },
    },
  ]);
  expect(await read(home)).toMatchObject([{ state: "gone", code: "github-token-missing" }, { clients: NOBODY }]);
});

describe("an AWS token", () => {
  /** Puts a token of twelve hours where the helper would, as of noon. */
  async function makeToken(home: TempHome): Promise<void> {
    await logInAt(home, secrets("ECR", ECR_HOST, AWS_KEY.accessKeyId, PASSWORD), { ...OFF, timeout: "1" });
    const { openStore } = await import("../../../../src/store/open-store.ts");
    const { tokenName } = await import("../../../../src/exchange/identity.ts");
    const store = openStore(home.context());
    const aws = store.find(ECR_HOST)?.entry.identity ?? null;
    if (aws === null) throw new Error("the identity was not saved");
    store
      .tokens("memory")
      ?.write(tokenName(aws), { secret: "aws-token", issuedAt: NOON / 1000, expiresAt: NOON / 1000 + 43_200 });
  }

  test("is reported with its expiry and its renewal", async () => {
    const home = makeHome();
    await makeToken(home);
    const at = NOON + 2 * 3_600_000;
    expect(await read(home, {}, at)).toMatchObject([
      { user: "AWS", expiresAt: NOON / 1000 + 43_200, renewedAt: NOON / 1000, renewsAt: NOON / 1000 + 21_600 },
    ]);
    expect(await say(home, {}, at)).toContain("renewed 2 hours ago, next renewal in 4 hours");
    expect(await say(home, {}, NOON + 7 * 3_600_000)).toContain("next renewal at the next pull");
  });

  test("is not reported once it has expired, since the next pull renews it", async () => {
    const home = makeHome();
    await makeToken(home);
    expect(await read(home, {}, NOON + 13 * 3_600_000)).toMatchObject([{ expiresAt: null, renewedAt: null }]);
  });
});

describe("which clients use a login", () => {
  const withLogin = async (storage = "memory"): Promise<TempHome> => {
    const home = makeHome();
    await logInAt(home, secrets("A", "quay.io", "bob", PASSWORD), { ...OFF, storage });
    return home;
  };
  const auths = JSON.stringify({ auths: { "quay.io": { auth: "eDp5" } } });

  test("none, if the helper is not on the PATH", async () => {
    const home = await withLogin();
    expect(await read(home, { PATH: "/nowhere" })).toMatchObject([{ state: "ready", clients: NOBODY }]);
    expect(await say(home, { PATH: "/nowhere" })).toMatch(
      /^registry-login: 0 of 1 .*; docker does not use the login to quay\.io\n {2}! {2}A .* no client uses it\n {6}-> .* not on the PATH; add /,
    );
  });

  test("not docker, if DOCKER_AUTH_CONFIG has a different one", async () => {
    const home = await withLogin();
    expect(await read(home, { DOCKER_AUTH_CONFIG: auths })).toMatchObject([
      { clients: { docker: false, podman: true } },
    ]);
    expect(await say(home, { DOCKER_AUTH_CONFIG: auths })).toMatch(
      /^registry-login: 0 of 1 .*; docker uses the login of x for quay\.io\n.* for podman, skopeo, buildah\n {6}-> DOCKER_AUTH_CONFIG .*; unset /,
    );
  });

  test("not podman, if its own file has a different one", async () => {
    const home = await withLogin();
    const runtime = join(home.folder, "runtime");
    mkdirSync(join(runtime, "containers"), { recursive: true });
    writeFileSync(join(runtime, "containers", "auth.json"), auths);
    expect(await read(home, { XDG_RUNTIME_DIR: runtime })).toMatchObject([
      { clients: { docker: true, podman: false } },
    ]);
  });

  test("not docker, if it uses a different helper", async () => {
    const home = await withLogin();
    home.writeConfig('{"credHelpers":{"quay.io":"other"}}');
    expect(await read(home)).toMatchObject([{ clients: NOBODY }]);
  });

  test.each([
    [["docker"], /for docker\n$/],
    [["skopeo", "docker"], /for docker, skopeo\n$/],
    [["crane"], /no client is installed\n$/],
  ])("only those of %j that are installed are named", async (programs, expected) => {
    const home = await withLogin();
    expect(await say(home, { PATH: installHelper(home, programs) })).toMatch(expected);
    expect(await read(home)).toMatchObject([{ clients: EVERYONE }]);
  });

  test("a client that is not installed is not missed", async () => {
    const home = await withLogin();
    const PATH = installHelper(home, ["docker"]);
    const runtime = join(home.folder, "runtime");
    mkdirSync(join(runtime, "containers"), { recursive: true });
    writeFileSync(join(runtime, "containers", "auth.json"), auths);
    expect(await say(home, { PATH, XDG_RUNTIME_DIR: runtime })).not.toContain("->");
    installHelper(home, ["buildah"]);
    expect(await say(home, { PATH, XDG_RUNTIME_DIR: runtime })).toMatch(
      /podman uses the login of x for quay\.io\n.*\n {6}-> .*auth\.json holds a different login for quay\.io/,
    );
  });

  test("for plaintext, not docker if a credsStore is set, and none if the entry was changed", async () => {
    const home = await withLogin("plaintext");
    const config = home.readConfig();
    home.writeConfig(JSON.stringify({ ...config, credsStore: "desktop" }));
    expect(await read(home)).toMatchObject([{ clients: { docker: false, podman: true } }]);
    home.writeConfig(auths);
    expect(await read(home)).toMatchObject([{ clients: NOBODY }]);
  });
});

test("no secret is shown, not even one instead of the user name", async () => {
  const home = makeHome();
  await logInAt(home, { ...secrets("A", "quay.io", PASSWORD, PASSWORD), ...secrets("B", "ghcr.io", "bob", PASSWORD) });
  await store(home, "c.example", "eve", "secret-of-eve");
  const said = [];
  for (const flags of [[], ["--json"]]) said.push((await runLine(home, ["status", ...flags])).stdout);
  expect(said.join()).toContain("c.example");
  expect([...leaks(said.join(), "bob", PASSWORD), ...leaks(said.join(), "eve", "secret-of-eve")]).toEqual([]);
});

test("a login saved by an older version is shown", async () => {
  const home = makeHome();
  await logInAt(home, secrets("A", "quay.io", "bob", PASSWORD));
  const file = join(home.folder, ".local/state/registry-login/state.json");
  const state = JSON.parse(readFileSync(file, "utf8"));
  const { verifiedAt, ...older } = { ...state.registered[0], verified: true };
  writeFileSync(file, JSON.stringify({ ...state, registered: [older] }));
  expect(await read(home)).toMatchObject([{ verified: true, verifiedAt: null, state: "ready" }]);
  expect(await say(home)).toContain(", verified, for docker");
});
