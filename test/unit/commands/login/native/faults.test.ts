import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { authOf } from "../../../../support/encoding.ts";
import { leaks } from "../../../../support/leaks.ts";
import { startLocalRegistry } from "../../../../support/local-registry.ts";
import {
  logIn,
  makeStoreHost,
  runLogin,
  type StoreHost,
  withStore,
} from "../../../../support/stores/scripted-store.ts";
import { secrets } from "../../../../support/temp-home.ts";

const PASSWORD = "planted-password";
/** More than Windows' credential manager holds. */
const LONG = `planted-${"x".repeat(3000)}`;

/** docker's configuration before the login, with a login of somebody else's. */
const CONFIG = '{"auths":{"other.example.com":{}},"credsStore":"scripted"}';

interface Fault {
  readonly mode: string;
  /** Where the login is afterwards. */
  readonly in: "store" | "file" | "nothing";
  readonly code: string | null;
  readonly password?: string;
  /** Who is in the store already. */
  readonly before?: readonly [user: string, secret: string];
  readonly flags?: readonly string[];
  /** The words of the hint that help. */
  readonly hint?: RegExp;
}

const FAULTS: readonly Fault[] = [
  { mode: "", in: "store", code: null },
  { mode: "locked", in: "file", code: "keychain-locked", hint: /security unlock-keychain/ },
  { mode: "locked-get", in: "file", code: "keychain-locked" },
  { mode: "dup", in: "nothing", code: "keychain-duplicate", hint: /delete the entry for \S+ in Keychain Access/ },
  { mode: "dup", before: ["bob", PASSWORD], in: "store", code: null },
  { mode: "dup", before: ["alice", "hers"], flags: ["--replace"], in: "nothing", code: "keychain-duplicate" },
  { mode: "nodbus", in: "file", code: "secret-service-missing", hint: /gnome-keyring.*or use pass/ },
  { mode: "noservice", in: "file", code: "secret-service-missing", hint: /gnome-keyring.*or use pass/ },
  { mode: "nolib", in: "file", code: "store-library", hint: /libsecret-1\.so\.0/ },
  { mode: "invalidarg", in: "file", code: "store-invalid-argument" },
  { mode: "nourl", in: "file", code: "store-input-lost", hint: /the secret set is not the cause/ },
  { mode: "sock", in: "nothing", code: "store-backend", hint: /start Docker Desktop, or set "credsStore"/ },
  { mode: "uninit", in: "file", code: "pass-uninitialized", hint: /pass init/ },
  { mode: "nokey", in: "file", code: "pass-locked", hint: /pass show.*pinentry-curses/ },
  { mode: "notimpl", in: "nothing", code: "store-read-only", hint: /from "credsStore" to "credHelpers"/ },
  { mode: "limit", in: "store", code: null },
  { mode: "limit", password: LONG, in: "nothing", code: "store-limit" },
  { mode: "empty", in: "store", code: null },
  { mode: "hang", in: "nothing", code: "store-hangs" },
  { mode: "hang-get", in: "nothing", code: "store-hangs" },
  { mode: "slow", in: "store", code: null },
  { mode: "chatty", in: "store", code: null },
  { mode: "garbage", in: "file", code: "store-garbage" },
  { mode: "exit0-error", in: "nothing", code: "store-forgets" },
];

const title = ({ mode, password, before, flags = [] }: Fault): string =>
  [mode || "no fault", password === undefined ? "" : "a long secret", before?.[0] ?? "", ...flags].join(" ").trim();

describe("the login goes where clients find it, or the report says why not, and logout restores every byte", () => {
  test.each(FAULTS.map((fault) => [title(fault), fault] as const))("%s", async (_, fault) => {
    const { password = PASSWORD, flags = [] } = fault;
    const host = withStore(CONFIG);
    host.put("other.example.com", "carol", "hers");
    const registry = await startLocalRegistry(password);
    if (fault.before !== undefined) host.put(registry, ...fault.before);
    const before = host.snapshot();
    const env = { ...secrets("A", registry, "bob", password), STORE_MODE: fault.mode };

    const first = await runLogin(host, env, ...flags);
    const isThere = fault.before?.[0] === "bob";
    const outcome = fault.in === "nothing" ? "failed" : isThere ? "unchanged" : "verified";
    expect(first.registry).toMatchObject({ outcome, code: fault.code });
    expect(`${first.registry.detail}; ${first.registry.hint}`).toMatch(fault.hint ?? /^/);
    expect(first.exitCode).toBe(0);
    expect(host.home.readConfig()).toEqual({
      auths: {
        "other.example.com": {},
        ...(fault.in === "store" && !isThere ? { [registry]: {} } : {}),
        ...(fault.in === "file" ? { [registry]: { auth: authOf("bob", password) } } : {}),
      },
      credsStore: "scripted",
    });
    if (!fault.mode.startsWith("hang")) {
      const asDocker = await host.dockerLogin(registry, { STORE_MODE: fault.mode });
      const left = fault.before === undefined ? null : { username: fault.before[0], secret: fault.before[1] };
      expect(asDocker).toEqual(fault.in === "nothing" ? left : { username: "bob", secret: password });
    }
    if (fault.in === "store") expect(host.entries()[registry]).toMatchObject({ Username: "bob", Secret: password });
    const log = host.calls().join("\n");
    expect(leaks(first.stdout + log + host.argumentsSeen(), "bob", password)).toEqual([]);
    if (fault.mode.startsWith("hang")) expect(log).toBe(`get ${registry}`);

    if (fault.mode !== "hang") {
      const strict = await runLogin(host, env, ...flags, "--strict");
      expect(strict.registry).toMatchObject({ code: fault.code });
      expect(strict.exitCode).toBe(fault.in === "nothing" ? 1 : 0);
    }

    expect((await host.run(["logout", "--all"], { STORE_MODE: fault.mode })).exitCode).toBe(0);
    expect(host.snapshot()).toEqual(before);
  });
});

test("ten registries and a store that hangs: one of them asks it, and the report names it for each", async () => {
  const host = withStore(CONFIG);
  const registry = await startLocalRegistry(PASSWORD);
  const port = registry.split(":")[1];
  const sets = Array.from({ length: 10 }, (_, i) => secrets(`R${i}`, `127.0.0.${i + 1}:${port}`, "bob", PASSWORD));
  const { stdout } = await host.run(["login", "--json"], { ...Object.assign({}, ...sets), STORE_MODE: "hang" });
  const { registries } = JSON.parse(stdout);
  expect(registries).toHaveLength(10);
  for (const each of registries) expect(each).toMatchObject({ outcome: "failed", code: "store-hangs" });
  expect(host.calls()).toHaveLength(1);
});

describe("a store that is not there", () => {
  test.each([
    ["its program is missing", "store-missing", /pulls from every other host fail too/, null],
    ["its program is for a different processor", "store-not-run", /exec format error/, "\u007fELF"],
  ])("%s", async (_, code, message, program) => {
    const host = withStore('{"credsStore":"desktop"}');
    if (program !== null) writeFileSync(join(host.programs, "docker-credential-desktop"), program, { mode: 0o755 });
    const before = host.snapshot();
    const registry = await startLocalRegistry(PASSWORD);
    const outcome = await logIn(host, secrets("A", registry, "bob", PASSWORD));
    expect(outcome).toMatchObject({ outcome: "verified", code, hint: expect.stringMatching(message) });
    // Nobody asked to remove it.
    expect(host.home.readConfig()).toMatchObject({ credsStore: "desktop" });
    expect(await host.dockerLogin(registry)).toEqual({ username: "bob", secret: PASSWORD });
    await host.run(["logout", "--all"]);
    expect(host.snapshot()).toEqual(before);
  });

  test("the entry of our own helper comes before it, where that is installed", async () => {
    const host = withStore('{"credsStore":"desktop"}');
    const helper = join(host.programs, "docker-credential-registry-login");
    writeFileSync(helper, "#!/bin/sh\n# credential-helper\nexit 1\n", { mode: 0o755 });
    const registry = await startLocalRegistry(PASSWORD);
    const outcome = await logIn(host, secrets("A", registry, "bob", PASSWORD), "--storage", "native");
    expect(outcome).toMatchObject({ outcome: "verified", code: "store-missing" });
    expect(host.home.readConfig()).toEqual({ credsStore: "desktop", credHelpers: { [registry]: "registry-login" } });
  });
});

test.each([
  ["wincred, by the system's account", "wincred", "SYSTEM", "store-of-service"],
  ["wincred, by a machine's account", "wincred", "BUILD7$", "store-of-service"],
  ["wincred, by a person", "wincred", "bob", null],
])("%s: %s %s -> %s", async (_, store, user, code) => {
  const host = makeStoreHost(store);
  host.home.writeConfig(JSON.stringify({ credsStore: store }));
  const registry = await startLocalRegistry(PASSWORD);
  const context = host.home.context;
  const windows = {
    ...host.home,
    context: (env = {}) => ({ ...context(env), machine: { platform: "win32", options: {} } as const }),
  };
  const env = { ...secrets("A", registry, "bob", PASSWORD), USERNAME: user };
  const outcome = await logIn({ ...host, run: runOn(windows, host.env) }, env);
  expect(outcome).toMatchObject({ outcome: "verified", code });
});

function runOn(home: StoreHost["home"], base: Record<string, string>): StoreHost["run"] {
  return async (args, env = {}) => {
    const { runLine } = await import("../../../../support/command-line.ts");
    return await runLine(home, args, { ...base, ...env });
  };
}
