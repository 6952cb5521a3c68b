import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { credentialHelper } from "../../../../src/commands/credential-helper/credential-helper.ts";
import { logout } from "../../../../src/commands/logout/logout.ts";
import type { LogoutReport } from "../../../../src/commands/logout/report.ts";
import type { Result } from "../../../../src/context.ts";
import { tokenName } from "../../../../src/exchange/identity.ts";
import { UserError } from "../../../../src/findings/user-error.ts";
import { openStore } from "../../../../src/store/open-store.ts";
import { runLine } from "../../../support/command-line.ts";
import { authOf } from "../../../support/encoding.ts";
import { getFor } from "../../../support/helper.ts";
import { leaks } from "../../../support/leaks.ts";
import { filesBelow, logIn, makeHome, secrets, type TempHome } from "../../../support/temp-home.ts";

const PASSWORD = "planted-password";
const OFF = { verify: "false" };
const A = secrets("A", "quay.io", "bob", PASSWORD);
const B = secrets("B", "b.azurecr.io", "bob", PASSWORD);

type Env = Record<string, string>;

function run(home: TempHome, hosts: readonly string[], env: Env = {}): Promise<Result> {
  return logout(home.context(env), { hosts, all: false, json: false });
}

async function report(home: TempHome, hosts: readonly string[], env: Env = {}): Promise<LogoutReport> {
  const { stdout } = await logout(home.context(env), { hosts, all: hosts.length === 0, json: true });
  return JSON.parse(stdout);
}

async function refusal(home: TempHome, hosts: readonly string[], env: Env = {}): Promise<UserError> {
  const error: unknown = await run(home, hosts, env).catch((each: unknown) => each);
  if (error instanceof UserError) return error;
  throw new Error("it was not refused");
}

async function store(home: TempHome, host: string): Promise<void> {
  const text = JSON.stringify({ ServerURL: host, Username: "eve", Secret: "secret-of-eve" });
  await credentialHelper(home.context(), ["store"], async () => text);
}

const stateOf = (home: TempHome) =>
  JSON.parse(readFileSync(join(home.folder, ".local/state/registry-login/state.json"), "utf8"));

/** What stands in the files of the home folder and in memory. */
const texts = (home: TempHome): string =>
  [...filesBelow(home.folder), ...filesBelow(home.memory)].map((file) => readFileSync(file, "utf8")).join("\n");

test.each(["memory", "disk", "plaintext"])(
  "one of two logins is removed and nothing else, with storage %s",
  async (storage) => {
    const home = makeHome();
    home.writeConfig(
      '{"auths": {"c.example": {"auth": "eDp5"}}, "credHelpers": {"a.example": "other"}, "psFormat": "x"}\n',
    );
    await logIn(home.context(B), { ...OFF, storage });
    const [config, state] = [readFileSync(home.config, "utf8"), stateOf(home)];
    await logIn(home.context({ ...A, ...B }), { ...OFF, storage });
    const { stdout, exitCode } = await run(home, ["quay.io"]);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^registry-login: logged out of 1 registry\n {2}\+ quay\.io {2}removed /);
    expect(JSON.parse(readFileSync(home.config, "utf8"))).toEqual(JSON.parse(config));
    expect(stateOf(home)).toEqual(state);
    expect(texts(home)).not.toContain("quay.io");
    if (storage !== "plaintext") {
      expect(await getFor(home.context(), "b.azurecr.io")).toMatchObject({ secret: PASSWORD });
      expect((await getFor(home.context(), "quay.io")).stdout).toBe("credentials not found in native keychain\n");
    }
  },
);

test("the report names what was removed, and from where", async () => {
  const home = makeHome();
  await logIn(home.context(A), OFF);
  await store(home, "quay.io");
  const vault = join(home.memory, readdirSync(home.memory)[0] ?? "");
  const { hosts, failure } = await report(home, ["quay.io"]);
  expect(failure).toBeNull();
  expect(hosts).toEqual([
    {
      host: "quay.io",
      removed: [
        { what: "credential", where: vault },
        { what: "stored-credential", where: vault },
        { what: "helper-line", where: home.config },
        { what: "bookkeeping", where: join(home.folder, ".local/state/registry-login") },
      ],
      left: [],
      again: null,
    },
  ]);
});

test("an entry that was changed meanwhile is not removed", async () => {
  const home = makeHome();
  await logIn(home.context(A), { ...OFF, storage: "plaintext" });
  const mine = { auths: { "quay.io": { auth: authOf("bob", "mine") } } };
  home.writeConfig(JSON.stringify(mine));
  const { hosts } = await report(home, ["quay.io"]);
  expect(hosts).toMatchObject([{ removed: [{ what: "bookkeeping" }] }]);
  expect(home.readConfig()).toEqual(mine);
});

test("a host can be given with a scheme, in capitals or by an alias", async () => {
  const home = makeHome();
  await logIn(home.context({ ...A, ...secrets("HUB", "docker.io", "bob", PASSWORD) }), OFF);
  const { hosts } = await report(home, ["https://QUAY.io/", "registry-1.docker.io", "index.docker.io"]);
  expect(hosts.map(({ host }) => host)).toEqual(["quay.io", "docker.io"]);
  expect(home.readConfig()?.credHelpers ?? {}).toEqual({});
});

test("docker's tokens of a browser login are removed with Docker Hub", async () => {
  const home = makeHome();
  await store(home, "https://index.docker.io/v1/");
  await store(home, "https://index.docker.io/v1/access-token");
  await report(home, ["docker.io"]);
  expect(texts(home)).not.toContain("secret-of-eve");
});

test("a failed login can be removed too", async () => {
  const home = makeHome();
  await logIn(home.context(secrets("A", "quay.io", "bob:x", PASSWORD)), OFF);
  expect(stateOf(home).registered).toMatchObject([{ storage: "none" }]);
  await report(home, ["quay.io"]);
  expect(existsSync(join(home.folder, ".local"))).toBe(false);
  expect(home.readConfig()?.credHelpers ?? {}).toEqual({});
});

test("npm's line is removed, and the other lines are kept", async () => {
  const home = makeHome();
  const npmrc = join(home.folder, ".npmrc");
  writeFileSync(npmrc, "fund=false\n");
  await logIn(home.context(secrets("N", "npm.pkg.github.com", "mona", "ghp_planted-password")), OFF);
  expect(readFileSync(npmrc, "utf8")).toContain("ghp_planted-password");
  const { hosts } = await report(home, ["npm.pkg.github.com"]);
  expect(hosts[0]?.removed).toContainEqual({ what: "npmrc-line", where: npmrc });
  expect(readFileSync(npmrc, "utf8")).toBe("fund=false\n");
});

test("an AWS token is removed with the last registry of its identity", async () => {
  const home = makeHome();
  const [one, two] = ["1", "2"].map((digit) => `${digit.repeat(12)}.dkr.ecr.eu-west-1.amazonaws.com`) as [
    string,
    string,
  ];
  const env = { ...secrets("ONE", one, "AKIA", PASSWORD), ...secrets("TWO", two, "AKIA", PASSWORD) };
  await logIn(home.context(env), { ...OFF, timeout: "1" });
  const store = openStore(home.context());
  const saved = store.find(one);
  if (saved === null || saved.entry.identity === null) throw new Error("the identity was not saved");
  store
    .tokens("memory")
    ?.write(tokenName(saved.entry.identity), { secret: "aws-token", issuedAt: 0, expiresAt: 9_999_999_999 });
  const token = { what: "aws-token", where: saved.folder };
  const first = await report(home, [one]);
  expect([first.hosts[0]?.removed, first.hosts[0]?.left]).toEqual([expect.not.arrayContaining([token]), []]);
  expect(texts(home)).toContain("aws-token");
  expect((await report(home, [two])).hosts[0]?.removed).toContainEqual(token);
  expect(texts(home)).not.toContain("aws-token");
});

describe("--all", () => {
  test("removes everything, with the vaults and the state file", async () => {
    const home = makeHome();
    home.writeConfig('{"psFormat": "x"}\n');
    await logIn(home.context(A), { ...OFF, storage: "disk" });
    await logIn(home.context(B), OFF);
    await store(home, "c.example");
    await store(home, "https://index.docker.io/v1/access-token");
    const { hosts, folders } = await report(home, []);
    expect(hosts.map(({ host }) => host)).toEqual(["b.azurecr.io", "c.example", "quay.io"]);
    expect(folders).toHaveLength(2);
    expect(filesBelow(home.folder)).toEqual([home.config]);
    expect(existsSync(join(home.folder, ".local"))).toBe(false);
    expect(home.readConfig()).toEqual({ psFormat: "x" });
    expect(readdirSync(home.memory)).toEqual([]);
  });

  test("without a login says so and writes nothing", async () => {
    const home = makeHome();
    const result = await logout(home.context(), { hosts: [], all: true, json: false });
    expect(result).toEqual({ stdout: "registry-login: nothing to do: no registry is logged in\n", exitCode: 0 });
    expect([readdirSync(home.folder), readdirSync(home.memory)]).toEqual([[], []]);
  });

  test("also removes entries that a lost state file named", async () => {
    const home = makeHome();
    await logIn(home.context(A), OFF);
    writeFileSync(join(home.folder, ".local/state/registry-login/state.json"), "{");
    await report(home, []);
    expect(home.readConfig()?.credHelpers ?? {}).toEqual({});
  });
});

describe("secrets that are still set", () => {
  test("log in again at the next start, and the report says so", async () => {
    const home = makeHome();
    await logIn(home.context({ ...A, ...B }), OFF);
    expect((await run(home, ["quay.io"], A)).stdout).toContain(
      "-> the secrets of A are still set: the next login uses them again\n",
    );
    expect((await run(home, ["b.azurecr.io"])).stdout).not.toContain("->");
  });

  test("GITHUB_TOKEN too", async () => {
    const home = makeHome();
    const env = { CODESPACES: "true", GITHUB_TOKEN: PASSWORD };
    await logIn(home.context(env), OFF);
    const { hosts } = await report(home, ["ghcr.io"], env);
    expect(hosts).toMatchObject([{ again: { identifier: "GITHUB", source: "github-token" } }]);
  });
});

describe("a host without a login", () => {
  test("is reported with the nearest one that has a login, and nothing changes", async () => {
    const home = makeHome();
    await logIn(home.context({ ...A, ...B }), OFF);
    const before = texts(home);
    const { code, message, hint } = await refusal(home, ["b.azurecr.io", "quey.io"]);
    expect([code, message, hint]).toEqual([
      "not-logged-in",
      "quey.io is not logged in, so nothing was changed",
      "did you mean quay.io? (registry-login status lists all logins)",
    ]);
    expect(texts(home)).toBe(before);
  });

  test("a second logout has nothing to do, and is not an error", async () => {
    const home = makeHome();
    await logIn(home.context(A), OFF);
    await run(home, ["quay.io"]);
    const before = texts(home);
    for (const hosts of [["quay.io"], []]) {
      expect(await run(home, hosts)).toEqual({
        stdout: "registry-login: nothing to do: no registry is logged in\n",
        exitCode: 0,
      });
    }
    expect(await report(home, ["quay.io"])).toEqual({ hosts: [], folders: [], root: null, failure: null });
    expect(texts(home)).toBe(before);
  });

  test.each([
    ["not-logged-in", ["quey.io"]],
    ["logout-form", ["not a host!"]],
    ["logout-what", []],
  ])("--json has the finding %s, with the exit code of the error", async (code, hosts) => {
    const home = makeHome();
    await logIn(home.context(A), OFF);
    const { stdout, exitCode } = await logout(home.context(), { hosts, all: false, json: true });
    expect(JSON.parse(stdout)).toEqual({
      hosts: [],
      folders: [],
      root: null,
      failure: { code, message: expect.any(String), hint: expect.stringContaining("quay.io") },
    });
    expect(exitCode).toBe(2);
  });

  test("without a host the error lists the logins", async () => {
    const home = makeHome();
    await logIn(home.context(A), OFF);
    const { message, hint } = await refusal(home, []);
    expect([message, hint]).toEqual([expect.stringContaining("--all"), "choose from quay.io"]);
  });

  test.each([PASSWORD, `https://bob:${PASSWORD}@quay.io`, `quay.io:${PASSWORD}`, "not a host!"])(
    "%s: a secret instead of the host is not printed",
    async (text) => {
      const home = makeHome();
      await logIn(home.context(A), OFF);
      for (const env of [A, {}]) {
        const { refusal } = await runLine(home, ["logout", text], env);
        expect(refusal?.hint).toContain("quay.io");
        expect(leaks(JSON.stringify(refusal), "bob", PASSWORD)).toEqual([]);
        expect(refusal?.message).not.toContain("not a host!");
      }
    },
  );
});

test("with a config.json that cannot be edited the credential is removed anyway, and a second run does the rest", async () => {
  const home = makeHome();
  await logIn(home.context(A), OFF);
  const config = readFileSync(home.config, "utf8");
  writeFileSync(home.config, "{ broken");
  const { stdout, exitCode } = await run(home, ["quay.io"]);
  expect(exitCode).toBe(1);
  expect(stdout).toMatch(/ x quay\.io {2}removed the credential/);
  expect(stdout).toContain("is not JSON; it was not changed");
  expect(leaks(texts(home), "bob", PASSWORD)).toEqual([]);
  writeFileSync(home.config, config);
  expect(await run(home, ["quay.io"])).toMatchObject({ exitCode: 0 });
  expect(existsSync(home.config)).toBe(false);
});

describe("a logout leaves what was there before:", () => {
  const NPM = secrets("N", "npm.pkg.github.com", "bob", "ghp_0123456789abcdefghijklmnopqrstuvwxyz");
  const BEFORE: [string, (home: TempHome) => void][] = [
    ["nothing", () => undefined],
    ["an empty folder of docker's", (home) => mkdirSync(join(home.folder, ".docker"))],
    ["an empty configuration", (home) => home.writeConfig("{}")],
    ["an empty .npmrc", (home) => writeFileSync(join(home.folder, ".npmrc"), "")],
    ["somebody else's settings", (home) => home.writeConfig('{ "psFormat": "x" }')],
    ["another state folder", (home) => mkdirSync(join(home.folder, ".local/state/other"), { recursive: true })],
  ];

  /** Every file with its text, and every folder. */
  const tree = (folder: string): string[] =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .map((each) => ({ each, path: join(each.parentPath, each.name) }))
      .map(({ each, path }) => (each.isFile() ? `${path}: ${readFileSync(path, "utf8")}` : path))
      .sort();

  describe.each(["memory", "disk", "plaintext"])("with storage %s", (storage) => {
    test.each(BEFORE)("%s", async (_, prepare) => {
      const home = makeHome();
      prepare(home);
      const before = tree(home.folder);
      const env = { ...A, ...NPM, REGISTRY_AUTH_FILE: join(home.folder, "containers/auth.json") };
      await logIn(home.context(env), { ...OFF, storage });
      await logIn(home.context({ ...env, ...B }), { ...OFF, storage });
      expect(tree(home.folder).length).toBeGreaterThan(before.length + 4);
      // The hook of the next start, and a shell that names other files.
      await logIn(home.context({ ...env, DOCKER_CONFIG: join(home.folder, "other/docker") }), { ...OFF, storage });
      expect((await report(home, [])).failure).toBeNull();
      // Of an empty `auths`, which docker leaves as well, nobody knows whether it was there.
      const plain = (text: string): string =>
        storage === "plaintext" ? text.replace(/,?\s*"auths":\s*\{\}|\s+/g, "") : text;
      expect(tree(home.folder).map(plain)).toEqual(before.map(plain));
    });
  });

  test("a file that we made and that somebody else uses since then stays, with its folder", async () => {
    const home = makeHome();
    await logIn(home.context(A), OFF);
    writeFileSync(home.config, JSON.stringify({ ...home.readConfig(), psFormat: "x" }));
    await run(home, ["quay.io"]);
    expect(home.readConfig()).toEqual({ psFormat: "x" });
  });
});

test("no output contains a secret", async () => {
  const home = makeHome();
  const env = { ...A, ...secrets("B", "b.azurecr.io", PASSWORD, PASSWORD) };
  await logIn(home.context(env), OFF);
  const { stdout } = await run(home, ["quay.io"], env);
  const rest = await report(home, [], env);
  expect(leaks(stdout + JSON.stringify(rest), "bob", PASSWORD)).toEqual([]);
});
