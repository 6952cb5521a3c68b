import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { runCommandLine } from "../../../src/cli/run.ts";
import type { Environment } from "../../../src/platform/environment.ts";
import { installHelper } from "../../support/clients.ts";
import { runLine } from "../../support/command-line.ts";
import { getFor } from "../../support/helper.ts";
import { startLocalRegistry } from "../../support/local-registry.ts";
import { makeHome, onHost, secrets, type TempHome, tempFolder } from "../../support/temp-home.ts";

const FEATURE = "ghcr.io/registry-login/features/registry-login:1";
const HOST_FLAGS = ["--env-file", "--secrets-file", "--config", "--workspace-folder", "--docker-path"];

/** Writes a file that is only this user's, and returns its path. */
function write(folder: string, name: string, text: string, mode = 0o600): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  chmodSync(file, mode);
  return file;
}

/** Runs a command line on a host, in a folder without a devcontainer.json unless one is named. */
async function onMachine(home: TempHome, args: readonly string[], env: Record<string, string> = {}) {
  const folder = args.includes("--workspace-folder") ? [] : ["--workspace-folder", tempFolder()];
  return await runLine(onHost(home), [...args, ...folder], env);
}

async function planned(args: readonly string[], env: Record<string, string> = {}) {
  const { stdout, refusal } = await onMachine(makeHome(), ["plan", "--json", ...args], env);
  expect(refusal).toBeNull();
  return JSON.parse(stdout);
}

describe("the flags of a host", () => {
  test.each(["login", "plan", "doctor"])("are in the help of %s, and not in a container", async (command) => {
    const [there, here] = [
      await runLine(onHost(makeHome()), ["help", command]),
      await runLine(makeHome(), ["help", command]),
    ];
    expect(HOST_FLAGS.filter((flag) => !there.stdout.includes(`${flag} <`))).toEqual([]);
    expect(HOST_FLAGS.filter((flag) => here.stdout.includes(flag))).toEqual([]);
    expect(there.stdout).not.toContain("--lease");
  });

  test.each([["--env-file", ".env"], ["--replace"], ["--lease", "1"]])(
    "%s is unknown in a container",
    async (...args) => {
      expect((await runLine(makeHome(), ["login", ...args])).refusal?.message).toMatch(
        /is not an option of login|has no/,
      );
    },
  );

  test.each([
    [["--env-file"], "--env-file needs a value"],
    [["--env-file", "--json"], "--env-file needs a value"],
    [["--config="], "--config needs a value"],
    [["--replace=yes"], "--replace takes no value"],
    [["status", "--env-file", "x"], "status has no option --env-file"],
  ])("%j: %s", async (args, message) => {
    expect((await runLine(onHost(makeHome()), args)).refusal?.message).toBe(message);
  });
});

const PASSWORD = "a$b!c@d#e";

describe("one password has the same bytes from every source (H48)", () => {
  const lines = (value: string): string =>
    Object.entries(secrets("ACME", "SERVER", "bob", value))
      .map(([name, text]) => `${name}=${text}\n`)
      .join("");

  const SOURCES: Readonly<Record<string, (folder: string, server: string) => [string[], Record<string, string>]>> = {
    "the environment": (_, server) => [[], secrets("ACME", server, "bob", PASSWORD)],
    "an env file, in single quotes": (folder, server) => [
      ["--env-file", write(folder, ".env", lines(`'${PASSWORD}'`).replace("SERVER\n", `${server}\n`))],
      {},
    ],
    "an env file, in double quotes": (folder, server) => [
      ["--env-file", write(folder, ".env", lines(`"${PASSWORD}"`).replace("SERVER\n", `${server}\n`))],
      {},
    ],
    "a secrets file": (folder, server) => [
      [
        "--secrets-file",
        write(folder, "s.json", `// ours\n${JSON.stringify(secrets("ACME", server, "bob", PASSWORD))}`),
      ],
      {},
    ],
  };

  test.each(Object.entries(SOURCES))("%s", async (_, arrange) => {
    const home = makeHome();
    const server = await startLocalRegistry(PASSWORD);
    const [args, env] = arrange(home.folder, server);
    const { stdout } = await onMachine(home, ["login", "--json", "--storage", "disk", ...args], env);
    expect(JSON.parse(stdout)).toMatchObject({ registries: [{ outcome: "verified" }], notes: [] });
    expect((await getFor(home.context(), server)).secret).toBe(PASSWORD);
  });

  test("without quotes in an env file it is rejected, and the report names file, line and variable, not the value", async () => {
    const home = makeHome();
    const server = await startLocalRegistry(PASSWORD);
    const file = write(home.folder, ".env", `# mine\n${lines(PASSWORD).replace("SERVER\n", `${server}\n`)}`);
    const { stdout } = await onMachine(home, ["login", "--json", "--env-file", file]);
    const { registries, notes } = JSON.parse(stdout);
    const where = `${file}, line 4: the value of ACME_CONTAINER_REGISTRY_PASSWORD ends before the #`;
    expect(registries).toMatchObject([
      { outcome: "refused", detail: expect.stringContaining(where), hint: expect.stringContaining("single quotes") },
    ]);
    expect(notes).toEqual([expect.stringContaining(where)]);
    expect(stdout).not.toContain("a$b");
  });
});

describe("variables of files", () => {
  test("a secrets file wins over env files, the later over the earlier, and all over the environment", async () => {
    const folder = tempFolder();
    const name = (user: string): string => `A_CONTAINER_REGISTRY_USER=${user}\n`;
    const files = [
      ["--env-file", write(folder, "1.env", `${name("first")}A_CONTAINER_REGISTRY_SERVER=quay.io\n`)],
      ["--env-file", write(folder, "2.env", name("second"))],
      ["--secrets-file", write(folder, "3.json", '{"a_container_registry_user": "third"}')],
      ["--secrets-file", write(folder, "4.json", '{"A_CONTAINER_REGISTRY_PASSWORD": "from-the-last"}')],
    ];
    const env = secrets("A", "ghcr.io", "zeroth", "from-the-shell");
    for (const [count, user] of [
      [0, "zeroth"],
      [1, "first"],
      [2, "second"],
      [3, "third"],
    ] as const) {
      const { registries } = await planned(files.slice(0, count).flat(), env);
      expect(registries).toMatchObject([{ user, host: count === 0 ? "ghcr.io" : "quay.io" }]);
    }
    const [request] = (await planned(files.flat(), env)).registries;
    expect(request.from).toEqual({ server: join(folder, "1.env"), password: join(folder, "4.json") });
  });

  test("one that others can read is reported and used, if it holds a secret", async () => {
    const folder = tempFolder();
    const open = write(folder, "open.env", "A_CONTAINER_REGISTRY_PASSWORD=pass-word\n", 0o640);
    const plain = write(
      folder,
      "plain.env",
      "A_CONTAINER_REGISTRY_SERVER=ghcr.io\nA_CONTAINER_REGISTRY_USER=bob\n",
      0o644,
    );
    const { registries, notes } = await planned(["--env-file", open, "--env-file", plain]);
    expect(registries).toMatchObject([{ identifier: "A", user: "bob" }]);
    expect(notes).toEqual([
      `${open} holds secrets, and other users of this machine can read or change it; run chmod 600 ${open}`,
    ]);
  });

  test("one cannot change which programs run", async () => {
    const folder = tempFolder();
    const names = ["AWS_CONFIG_FILE", "HOME", "LD_PRELOAD", "PATH", "path"];
    const file = write(
      folder,
      ".env",
      `${names.map((name) => `${name}=/evil\n`).join("")}NODE_ENV=test\nNODE_OPTIONS=/evil\nDOCKER_CONFIG=${folder}\n`,
    );
    const home = makeHome();
    const { stdout } = await onMachine(home, ["doctor", "--json", "--env-file", file]);
    const { general } = JSON.parse(stdout);
    // Node sorts the names of a file.
    const ignored = general.filter(({ code }: { code: string }) => code === "input-variable-ignored");
    expect(ignored).toHaveLength(names.length);
    expect(ignored).toMatchObject(
      names.map((name) => ({ state: "note", message: expect.stringContaining(`${name} in `) })),
    );
    // Node has read the file before our program did.
    expect(general).toContainEqual(expect.objectContaining({ code: "env-file-node-options", state: "wrong" }));
  });

  test("a warning about # only where the variable is used here", async () => {
    const file = write(tempFolder(), ".env", "COLOR=red#1\nGITHUB_TOKEN=ghp#2\n");
    expect((await planned(["--env-file", file])).notes).toEqual([
      expect.stringContaining("line 2: the value of GITHUB_TOKEN"),
    ]);
  });

  test("are given to the programs that a login starts", async () => {
    const exported: Environment[] = [];
    const home = onHost(makeHome());
    const context = { ...home.context(), exportEnvironment: (env: Environment) => exported.push(env) };
    const file = write(home.folder, ".env", "AWS_PROFILE=work\n");
    await runCommandLine(["plan", "--env-file", file, "--workspace-folder", home.folder], context);
    expect(exported).toMatchObject([{ AWS_PROFILE: "work", HOME: home.folder }]);
    await runCommandLine(["plan", "--workspace-folder", home.folder], context);
    expect(exported).toHaveLength(1);
  });

  test("are masked in what a command prints", async () => {
    const home = makeHome();
    const values = {
      A_CONTAINER_REGISTRY_PASSWORD: "planted-password",
      A_CONTAINER_REGISTRY_USER: "x-planted-password-x",
    };
    const file = write(home.folder, "s.json", JSON.stringify({ ...values, A_CONTAINER_REGISTRY_SERVER: "ghcr.io" }));
    expect((await onMachine(home, ["plan", "--secrets-file", file])).stdout).not.toContain("planted-password");
  });

  const BAD: Readonly<Record<string, (folder: string) => [string, string, RegExp]>> = {
    "a missing env file": (folder) => ["--env-file", join(folder, "x"), /x does not exist \(--env-file\)/],
    "a missing secrets file": (folder) => ["--secrets-file", join(folder, "x"), /x does not exist \(--secrets-file\)/],
    "a file below a file": () => ["--env-file", "/etc/passwd/x", /does not exist/],
    "a folder": (folder) => ["--env-file", folder, /is not a regular file/],
    "a device": () => ["--env-file", "/dev/zero", /is not a regular file/],
    "a file that is too large": (folder) => [
      "--env-file",
      write(folder, "l", `A=${"x".repeat(600_000)}`),
      /larger than 512 KB/,
    ],
    "a secrets file that is not JSON": (folder) => [
      "--secrets-file",
      write(folder, "b", '{\n "A": planted }'),
      /b, line 2, column 7: not valid JSON/,
    ],
    "a list": (folder) => ["--secrets-file", write(folder, "b", '["planted"]'), /b is not a JSON object of names/],
    "a value that is a number": (folder) => [
      "--secrets-file",
      write(folder, "b", '{"A": 4711}'),
      /value of A in .*b is not a text/,
    ],
    "a value that is an object": (folder) => [
      "--secrets-file",
      write(folder, "b", '{"A": {"B": "planted"}}'),
      /value of A in .*b is not a text/,
    ],
  };

  test.each(Object.entries(BAD))("%s is an error, and nothing is written", async (_, arrange) => {
    const home = makeHome();
    const [flag, file, message] = arrange(tempFolder());
    const { refusal, exitCode } = await onMachine(home, ["login", flag, file]);
    expect(refusal?.message).toMatch(message);
    expect(refusal?.hint).not.toBe("");
    expect(JSON.stringify(refusal)).not.toMatch(/planted|4711/);
    expect(exitCode).toBe(2);
    expect(home.readConfig()).toBeNull();
  });
});

describe("a devcontainer.json", () => {
  function workspace(content: string): string {
    const folder = tempFolder();
    mkdirSync(join(folder, ".devcontainer"));
    writeFileSync(join(folder, ".devcontainer/devcontainer.json"), content);
    return folder;
  }

  const KEYS = { A_CONTAINER_REGISTRY_USER: "bob", A_CONTAINER_REGISTRY_PASSWORD: "pass-word" };
  const mapping = (registries: string): string => JSON.stringify({ features: { [FEATURE]: { registries } } });

  test("names the server of two secrets, and plan says where it is from", async () => {
    const folder = workspace(mapping("A=quay.io"));
    const file = join(folder, ".devcontainer/devcontainer.json");
    const { registries } = await planned(["--workspace-folder", folder], KEYS);
    const from = { server: file, password: "the environment" };
    expect(registries).toMatchObject([{ identifier: "A", source: "option", host: "quay.io", from }]);
    const { stdout } = await onMachine(makeHome(), ["plan", "--workspace-folder", folder], KEYS);
    expect(stdout).toContain(`as bob, server from ${file}, password from the environment`);
  });

  test("is overridden by a flag", async () => {
    const args = ["--workspace-folder", workspace(mapping("A=quay.io")), "--registries", "A=ghcr.io"];
    const from = { server: "the option registries" };
    expect((await planned(args, KEYS)).registries).toMatchObject([{ host: "ghcr.io", from }]);
  });

  test("does not send a password to a different server than its secret names", async () => {
    const env = { ...KEYS, A_CONTAINER_REGISTRY_SERVER: "quay.io" };
    const { registries, skipped } = await planned(
      ["--workspace-folder", workspace(mapping("A=evil.example.com"))],
      env,
    );
    expect(registries).toEqual([]);
    expect(skipped).toMatchObject([{ identifier: "A", reason: expect.stringContaining("evil.example.com") }]);
  });

  test.each([
    [[], 0],
    [["--strict"], 1],
  ])("that is not JSON does not stop a complete secret set: %j ends with %i", async (flags, code) => {
    const home = makeHome();
    const server = await startLocalRegistry("right-password");
    const args = ["login", "--json", "--if-changed", ...flags, "--workspace-folder", workspace('{ "image": }')];
    const { stdout, exitCode } = await onMachine(home, args, secrets("A", server, "bob", "right-password"));
    expect(JSON.parse(stdout)).toMatchObject({
      registries: [{ outcome: "verified" }],
      notes: [expect.stringMatching(/devcontainer\.json, line 1, column 12: not valid JSON/)],
    });
    expect(exitCode).toBe(code);
  });

  test("that is not JSON is a problem for the doctor", async () => {
    const args = ["doctor", "--json", "--workspace-folder", workspace("{")];
    const { stdout, exitCode } = await onMachine(makeHome(), args);
    expect(JSON.parse(stdout).general).toContainEqual(
      expect.objectContaining({ state: "wrong", code: "devcontainer-json" }),
    );
    expect(exitCode).toBe(1);
  });

  test("is not read in a container", async () => {
    const { refusal } = await runLine(
      makeHome(),
      ["plan", "--workspace-folder", workspace(mapping("A=quay.io"))],
      KEYS,
    );
    expect(refusal).not.toBeNull();
  });
});

describe("the GitHub CLI", () => {
  /** A PATH with our credential helper, and a gh that prints this. */
  function pathWithGh(home: TempHome, script: string): string {
    const folder = tempFolder();
    write(folder, "gh", `#!/bin/sh\n${script}\n`, 0o755);
    return `${installHelper(home, [])}:${folder}`;
  }

  test.each([
    ["--github-token", "gh"],
    ["--github-token=gh", "--identifiers=GITHUB"],
  ])("%s %s: its token is used for ghcr.io", async (...args) => {
    const home = makeHome();
    const env = { PATH: pathWithGh(home, "echo gho_planted-token") };
    const { stdout } = await onMachine(home, ["plan", "--json", ...args], env);
    expect(JSON.parse(stdout)).toMatchObject({
      registries: [
        { identifier: "GITHUB", host: "ghcr.io", source: "github-token", from: { server: "the GitHub CLI" } },
      ],
      notes: [],
    });
    expect(stdout).not.toContain("gho_planted");
  });

  test("the option in devcontainer.json asks for it too", async () => {
    const home = makeHome();
    const folder = tempFolder();
    write(folder, ".devcontainer.json", JSON.stringify({ features: { [FEATURE]: { githubToken: "gh" } } }));
    const env = { PATH: pathWithGh(home, "echo gho_planted-token") };
    const { stdout } = await onMachine(home, ["plan", "--json", "--workspace-folder", folder], env);
    expect(JSON.parse(stdout).registries).toMatchObject([{ host: "ghcr.io" }]);
  });

  test.each([
    ["exit 1", "not logged in", "gh auth login"],
    ["", "not on the PATH", "gh auth login"],
  ])("with %j it is %s, and other logins go on", async (script, problem, hint) => {
    const home = makeHome();
    const server = await startLocalRegistry("right-password");
    const path = script === "" ? {} : { PATH: pathWithGh(home, script) };
    const env = { ...secrets("A", server, "bob", "right-password"), ...path };
    const { stdout, exitCode } = await onMachine(home, ["login", "--json", "--github-token", "gh"], env);
    const { registries, notes } = JSON.parse(stdout);
    expect(registries).toMatchObject([{ identifier: "A", outcome: "verified" }]);
    expect(notes).toEqual([expect.stringContaining(problem)]);
    expect(notes[0]).toContain(hint);
    expect(exitCode).toBe(0);
  });

  test("is not started where nobody asks for it", async () => {
    const home = makeHome();
    const marker = join(home.folder, "started");
    await onMachine(home, ["plan"], { PATH: pathWithGh(home, `echo > '${marker}'`) });
    expect(() => chmodSync(marker, 0o600)).toThrow();
  });
});
