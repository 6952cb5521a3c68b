import { execFileSync } from "node:child_process";
import { lutimesSync, mkdirSync, rmSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { findNpmSetting } from "../../../src/clients/npm/lookup.ts";
import { runAgent } from "../../support/agent.ts";
import { HELPER_FOLDER } from "../../support/clients.ts";
import { getFor } from "../../support/helper.ts";
import { startLocalRegistry } from "../../support/local-registry.ts";
import { entriesBelow, logIn, makeHome, secrets, tempFolder } from "../../support/temp-home.ts";

// Each of these once held a command up for good, or filled the memory. It is a program of its own, which the test can end.

const HOST = "npm.pkg.github.com";

const things: Record<string, (path: string) => unknown> = {
  "a FIFO": (path) => execFileSync("mkfifo", [path]),
  "a symlink to a device without end": (path) => symlinkSync("/dev/zero", path),
};

interface Place {
  readonly file: string;
  readonly env?: (file: string) => Record<string, string>;
  /** What both logins report: for the container registry, and for npm's. */
  readonly code: string | null;
}

const places: readonly Place[] = [
  { file: ".docker/config.json", code: "not-a-file" },
  { file: "auth.json", env: (file) => ({ REGISTRY_AUTH_FILE: file }), code: null },
  { file: ".npmrc", code: "not-a-file" },
  { file: "bundle.pem", env: (file) => ({ SSL_CERT_FILE: file }), code: null },
  { file: ".local/state/registry-login/state.json", code: null },
];

const cases = places.flatMap((place) =>
  Object.entries(things).map(([thing, make]) => ({
    ...place,
    thing,
    make,
    as: Object.keys(place.env?.("") ?? {})[0] ?? "",
  })),
);

describe.each(cases)("$thing as $file $as", ({ file, env, code, make }) => {
  test("holds no command up", async () => {
    const HOME = tempFolder();
    const path = join(HOME, file);
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    make(path);
    // No podman, which would miss its file.
    const all = {
      HOME,
      PATH: HELPER_FOLDER,
      ...secrets("A", "registry.example.com", "bob", "pass-word"),
      ...secrets("N", HOST, "bob", "to-ken"),
      ...env?.(path),
    };
    const args = ["login", "--json", "--no-verify", "--storage=disk"];
    const { stdout, stderr } = await runAgent(args, all);
    expect(stderr).toBe("");
    expect(JSON.parse(stdout).registries).toMatchObject([{ code }, { code }]);
    expect((await runAgent(["status", "--json"], all)).exitCode).toBe(0);
  });
});

test.each([["memory"], ["disk"]])(
  "with a FIFO instead of config.json every command ends, and a logout removes the secret, with storage %s",
  async (storage) => {
    const home = makeHome();
    const host = await startLocalRegistry("right-password");
    await logIn(home.context(secrets("A", host, "bob", "right-password")), { storage });
    rmSync(home.config);
    execFileSync("mkfifo", [home.config]);
    const env = { HOME: home.folder };
    const status = await runAgent(["status"], env);
    expect(status).toMatchObject({ exitCode: 0, stdout: expect.stringContaining(host) });
    const doctor = await runAgent(["doctor"], env);
    expect(doctor).toMatchObject({ exitCode: 1, stdout: expect.stringContaining("[not-a-file]") });
    const logout = await runAgent(["logout", host], env);
    expect(logout).toMatchObject({ exitCode: 1, stdout: expect.stringContaining("is not a regular file") });
    expect([...entriesBelow(home.folder), ...entriesBelow(home.memory)].filter((file) => file.includes(host))).toEqual(
      [],
    );
    expect(await getFor(home.context(), host)).toMatchObject({ exitCode: 1 });
  },
);

test.each([["lock of the state"], ["lock of config.json"]])("a FIFO as the %s is a stale lock", async (which) => {
  const HOME = tempFolder();
  const locks = [".local/state/registry-login/lock", ".docker/config.json.registry-login.lock"];
  const lock = join(HOME, locks[which === "lock of the state" ? 0 : 1] ?? "");
  mkdirSync(dirname(lock), { recursive: true, mode: 0o700 });
  execFileSync("mkfifo", [lock]);
  lutimesSync(lock, 1, 1);
  const env = { HOME, ...secrets("A", "registry.example.com", "bob", "pass-word") };
  const { stdout } = await runAgent(["login", "--json", "--no-verify", "--storage=disk"], env);
  expect(JSON.parse(stdout).registries).toMatchObject([{ code: null }]);
});

test.each(Object.entries(things))("%s as a project's .npmrc holds no setting", (_, make) => {
  const folder = tempFolder();
  make(join(folder, ".npmrc"));
  expect(findNpmSetting({ HOME: tempFolder() }, HOST, folder)).toBeNull();
  rmSync(join(folder, ".npmrc"), { recursive: true });
});
