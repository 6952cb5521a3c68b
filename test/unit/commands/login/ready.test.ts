import { chmodSync, chownSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, expect, test } from "vitest";
import { credentialHelper } from "../../../../src/commands/credential-helper/credential-helper.ts";
import { login } from "../../../../src/commands/login/login.ts";
import { status } from "../../../../src/commands/status/status.ts";
import { HELPER_FOLDER, installHelper } from "../../../support/clients.ts";
import { authOf } from "../../../support/encoding.ts";
import { getFor } from "../../../support/helper.ts";
import { startLocalRegistry } from "../../../support/local-registry.ts";
import { answer, startServer } from "../../../support/misbehaving-server.ts";
import { filesBelow, logIn, makeHome, secrets, type TempHome, writtenFiles } from "../../../support/temp-home.ts";

const PASSWORD = "right-password";
const OTHER = { auth: authOf("eve", "another-password") };

type Env = Record<string, string>;

async function report(home: TempHome, env: Env): Promise<string> {
  return (await login(home.context(env), { options: {}, json: false, onlyChanged: false })).stdout;
}

const firstLine = (text: string): string => text.split("\n")[0] ?? "";

/** Puts a program with our helper's name into a folder. @returns the folder */
function place(home: TempHome, script = "#!/bin/sh\n# credential-helper\n", mode = 0o755): string {
  const folder = join(home.folder, "first");
  mkdirSync(folder);
  writeFileSync(join(folder, "docker-credential-registry-login"), script);
  chmodSync(join(folder, "docker-credential-registry-login"), mode);
  return folder;
}

describe("our helper, where clients look for it", () => {
  const cases: readonly { name: string; path: (home: TempHome) => string; code: string | null }[] = [
    { name: "is missing", path: () => "/nonexistent", code: "helper-missing" },
    { name: "is there", path: () => HELPER_FOLDER, code: null },
    { name: "cannot be run", path: (home) => place(home, undefined, 0o644), code: "helper-missing" },
    {
      name: "is a folder",
      path: (home) => {
        mkdirSync(join(home.folder, "docker-credential-registry-login"));
        return home.folder;
      },
      code: "helper-missing",
    },
    {
      name: "cannot be run, and is there in a later folder",
      path: (home) => `${place(home, undefined, 0o644)}:${HELPER_FOLDER}`,
      code: null,
    },
    {
      name: "is a different script in an earlier folder",
      path: (home) => `${place(home, "#!/bin/sh\nexit 1\n")}:${HELPER_FOLDER}`,
      code: "helper-other",
    },
    {
      name: "is a different program",
      path: (home) => place(home, "\u007fELF github.com/docker/docker-credential-helpers"),
      code: "helper-other",
    },
    { name: "can be replaced by everybody", path: (home) => place(home, undefined, 0o757), code: "helper-other" },
    {
      name: "is in a folder of everybody",
      path: (home) => {
        const folder = place(home);
        chmodSync(folder, 0o777);
        return folder;
      },
      code: "helper-other",
    },
    {
      name: "is in a relative folder",
      path: () => `${relative(process.cwd(), HELPER_FOLDER)}:${HELPER_FOLDER}`,
      code: "helper-other",
    },
  ];

  test.each(cases)("$name: $code", async ({ path, code }) => {
    const home = makeHome();
    const host = await startLocalRegistry(PASSWORD);
    const { registries } = await logIn(home.context({ ...secrets("A", host, "bob", PASSWORD), PATH: path(home) }));
    expect(registries).toMatchObject([{ outcome: code === null ? "verified" : "failed", code }]);
    expect(home.readConfig()).toEqual(code === null ? { credHelpers: { [host]: "registry-login" } } : null);
  });

  test.runIf(process.getuid?.() === 0)("belongs to a different user: helper-other", async () => {
    const home = makeHome();
    const folder = place(home);
    chownSync(join(folder, "docker-credential-registry-login"), 12345, 12345);
    const env = secrets("A", await startLocalRegistry(PASSWORD), "bob", PASSWORD);
    expect(await logIn(home.context({ ...env, PATH: folder }))).toMatchObject({
      registries: [{ code: "helper-other" }],
    });
  });
});

describe("where no client can query our helper", () => {
  const PATH = "/nonexistent";

  test.each(["memory", "disk"])(
    "nothing is sent or written, with storage %s, and the login failed",
    async (storage) => {
      const home = makeHome();
      const { host, seen } = await startServer((response) => answer(response, 200));
      const env = { ...secrets("A", host, "bob", PASSWORD), PATH };
      const { registries, exitCode } = await logIn(home.context(env), { storage, strict: "true" });
      expect(registries).toMatchObject([
        { outcome: "failed", code: "helper-missing", hint: expect.stringContaining("option storage to plaintext") },
      ]);
      expect(exitCode).toBe(1);
      expect(seen).toEqual([]);
      expect([...filesBelow(home.folder), ...filesBelow(home.memory)]).toEqual([]);
      expect(firstLine(await report(home, env))).toBe("registry-login: 0 of 1 registries ready");
    },
  );

  test("a set that is wrong leaves no entry either", async () => {
    const home = makeHome();
    const env = { ...secrets("A", "quay.io", "bob", `"${PASSWORD}"`), PATH };
    await logIn(home.context(env));
    expect(home.readConfig()).toBeNull();
  });

  test("storage plaintext needs none", async () => {
    const home = makeHome();
    const host = await startLocalRegistry(PASSWORD);
    const env = { ...secrets("A", host, "bob", PASSWORD), PATH };
    expect((await logIn(home.context(env), { storage: "plaintext" })).registries).toMatchObject([
      { outcome: "verified", code: null },
    ]);
    expect(home.readConfig()).toEqual({ auths: { [host]: { auth: authOf("bob", PASSWORD) } } });
  });

  test("a login of an earlier run is kept as it is, and its secrets do not count as absent", async () => {
    const home = makeHome();
    const host = await startLocalRegistry(PASSWORD);
    const env = secrets("A", host, "bob", PASSWORD);
    await logIn(home.context(env));
    const files = () => [writtenFiles(join(home.folder, ".docker")), writtenFiles(home.memory)];
    const before = files();
    const { stdout } = await login(home.context({ ...env, PATH }), { options: {}, json: true, onlyChanged: true });
    expect(JSON.parse(stdout).registries).toMatchObject([{ outcome: "failed", code: "helper-missing" }]);
    expect(files()).toEqual(before);
    expect(await getFor(home.context(), host)).toMatchObject({ user: "bob", secret: PASSWORD });
    expect(JSON.parse((await status(home.context(), true)).stdout).logins).toMatchObject([{ absentSince: null }]);
  });

  test("a shell without the secrets says that clients do not use the saved login", async () => {
    const home = makeHome();
    const host = await startLocalRegistry(PASSWORD);
    await logIn(home.context(secrets("A", host, "bob", PASSWORD)));
    const text = await report(home, { PATH });
    expect(firstLine(text)).toBe(`registry-login: 0 of 1 registries ready; docker does not use the login to ${host}`);
    expect(text).toContain("which is not on the PATH");
  });
});

describe("the first line names who clients log in as instead", () => {
  /** Files below the home folder, and variables; HOST stands for the registry. */
  const cases: readonly {
    readonly name: string;
    readonly files?: Readonly<Record<string, object>>;
    readonly env?: (home: TempHome) => Env;
    readonly line: string;
    readonly code: string | null;
  }[] = [
    { name: "nobody", line: "1 of 1 registries ready", code: null },
    {
      name: "a docker login before ours",
      files: { ".docker/config.json": { auths: { HOST: OTHER } } },
      line: "0 of 1 registries ready; docker and podman use the login of eve for HOST",
      code: "docker-other-login",
    },
    {
      name: "DOCKER_AUTH_CONFIG",
      env: () => ({ DOCKER_AUTH_CONFIG: JSON.stringify({ auths: { HOST: OTHER } }) }),
      line: "0 of 1 registries ready; docker uses the login of eve for HOST",
      code: "docker-auth-config",
    },
    {
      name: "a helper of others",
      files: { ".docker/config.json": { credHelpers: { HOST: "pass" } } },
      env: (home) => ({ PATH: installHelper(home, ["podman", "docker-credential-pass"]) }),
      line: "0 of 1 registries ready; docker and podman use docker-credential-pass for HOST",
      code: "docker-other-helper",
    },
    {
      name: "podman's own file",
      files: { ".config/containers/auth.json": { auths: { HOST: OTHER } } },
      line: "0 of 1 registries ready; podman uses the login of eve for HOST",
      code: "podman-other-login",
    },
    {
      name: "podman's file of this session",
      files: { "run/containers/auth.json": { auths: { HOST: OTHER } } },
      env: (home) => ({ XDG_RUNTIME_DIR: join(home.folder, "run") }),
      line: "0 of 1 registries ready; podman uses the login of eve for HOST",
      code: "podman-other-login",
    },
    {
      name: "podman's file, for a part of the registry",
      files: { ".config/containers/auth.json": { auths: { "HOST/acme": OTHER } } },
      line: "1 of 1 registries ready; podman uses the login of eve for HOST/acme",
      code: "podman-other-login",
    },
    {
      name: "VS Code's credential store, which our line precedes",
      files: { ".docker/config.json": { credsStore: "dev-containers-0" } },
      line: "1 of 1 registries ready",
      code: null,
    },
  ];

  test.each(cases)("$name", async ({ files = {}, env = () => ({}), line, code }) => {
    const home = makeHome();
    const host = await startLocalRegistry(PASSWORD);
    const named = (text: string): string => text.replaceAll("HOST", host);
    for (const [file, content] of Object.entries(files)) {
      mkdirSync(dirname(join(home.folder, file)), { recursive: true });
      writeFileSync(join(home.folder, file), named(JSON.stringify(content)));
    }
    const world = { PATH: installHelper(home, ["docker", "podman"]), ...env(home) };
    const all = Object.fromEntries(Object.entries(world).map(([name, value]) => [name, named(value)]));
    const text = await report(home, { ...secrets("A", host, "bob", PASSWORD), ...all });
    expect(firstLine(text)).toBe(`registry-login: ${named(line)}`);
    const { registries } = await logIn(home.context({ ...secrets("A", host, "bob", PASSWORD), ...all }));
    expect(registries).toMatchObject([{ outcome: "unchanged", code }]);
    const said = await status(home.context(all), false);
    expect(firstLine(said.stdout).replace("logged in", "ready")).toBe(firstLine(text));
    expect(existsSync(join(home.folder, "helper-was-run"))).toBe(false);
  });

  test("a docker login after ours", async () => {
    const home = makeHome();
    const host = await startLocalRegistry(PASSWORD);
    const env = secrets("A", host, "bob", PASSWORD);
    await logIn(home.context(env));
    const text = JSON.stringify({ ServerURL: host, Username: "team", Secret: "of-the-team" });
    await credentialHelper(home.context(), ["store"], async () => text);
    for (const variables of [env, {}]) {
      const said = await report(home, variables);
      expect(firstLine(said)).toBe(
        `registry-login: 0 of 1 registries ready; docker uses the login of team for ${host}`,
      );
      expect(said).toContain(`run docker logout ${host}`);
    }
  });

  test("several hosts are named up to three", async () => {
    const home = makeHome();
    const hosts = ["a.example", "b.example", "c.example", "d.example", "e.example"];
    home.writeConfig(JSON.stringify({ auths: Object.fromEntries(hosts.map((host) => [host, OTHER])) }));
    const env = Object.assign({}, ...hosts.map((host, i) => secrets(`R${i}`, host, "bob", PASSWORD)));
    const flags = { options: { verify: "false" }, json: false, onlyChanged: false };
    const { stdout } = await login(home.context(env), flags);
    expect(firstLine(stdout)).toMatch(/ for a\.example; .* for b\.example; .* for c\.example; 2 more are not used$/);
  });
});

describe("a line of ours that another program removed", () => {
  test("is named by status and restored by a login without the secrets", async () => {
    const home = makeHome();
    const host = await startLocalRegistry(PASSWORD);
    await logIn(home.context(secrets("A", host, "bob", PASSWORD)));
    home.writeConfig('{"psFormat":"x"}');
    const { stdout } = await status(home.context(), false);
    expect(firstLine(stdout)).toContain(`0 of 1 registries logged in; docker does not use the login to ${host}`);
    expect(stdout).toContain(`${home.config} lacks "credHelpers": {"${host}": "registry-login"}; run registry-login`);
    expect(JSON.parse((await status(home.context(), true)).stdout).logins).toMatchObject([
      { state: "ready", code: "line-missing", clients: { docker: false } },
    ]);
    expect(firstLine(await report(home, {}))).toBe("registry-login: 1 of 1 registries ready");
    expect(home.readConfig()).toEqual({ psFormat: "x", credHelpers: { [host]: "registry-login" } });
  });

  test("a shell with another DOCKER_CONFIG lacks it, too", async () => {
    const home = makeHome();
    const host = await startLocalRegistry(PASSWORD);
    await logIn(home.context(secrets("A", host, "bob", PASSWORD)));
    const DOCKER_CONFIG = join(home.folder, "elsewhere");
    const { stdout } = await status(home.context({ DOCKER_CONFIG }), false);
    expect(stdout).toContain(`${DOCKER_CONFIG}/config.json lacks "credHelpers"`);
    expect(firstLine(await report(home, { DOCKER_CONFIG }))).toBe("registry-login: 1 of 1 registries ready");
  });
});
