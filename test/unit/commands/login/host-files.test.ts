import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { authOf } from "../../../support/encoding.ts";
import { makeHost, runHostProgram } from "../../../support/host-machine.ts";
import { startLocalRegistry } from "../../../support/local-registry.ts";
import { filesBelow, secrets, tempFolder } from "../../../support/temp-home.ts";

const PASSWORD = "planted-secret-1";
const AUTH = authOf("bob", PASSWORD);

async function situation(config: string | null = null) {
  const machine = makeHost(config);
  const host = await startLocalRegistry(PASSWORD);
  return { machine, host, env: secrets("A", host, "bob", PASSWORD), file: machine.home.config };
}

/** What a login reports of its one registry, and its notes. */
function reported(stdout: string): { outcome: string; code: string | null; hint: string; notes: string[] } {
  const { registries, notes } = JSON.parse(stdout);
  return { ...registries[0], notes };
}

describe("a config file as a crash leaves it (H28)", () => {
  test.each([
    ["zero bytes", ""],
    ["a byte order mark alone", "\uFEFF"],
    ["white space", " \n\n"],
  ])("%s: counts as an empty one, which is said once, and comes back with the logout", async (_, text) => {
    const { machine, host, env, file } = await situation(text);
    const first = reported((await machine.run(["login", "--json"], env)).stdout);
    expect(first).toMatchObject({ outcome: "verified", code: null });
    expect(first.notes).toEqual([expect.stringContaining(`${file} is empty, as a crash or a full disk leaves it`)]);
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual({ auths: { [host]: { auth: AUTH } } });
    expect(reported((await machine.run(["login", "--json"], env)).stdout).notes).toEqual([]);
    await machine.run(["logout", "--all"], env);
    expect(readFileSync(file, "utf8")).toBe(text);
  });

  test.each([
    ["NULs", "\0".repeat(64), "config-not-json"],
    ["a text", "hello\n", "config-not-json"],
    ["a byte order mark before an object, which docker cannot read either", '\uFEFF{"auths":{}}\n', "config-not-json"],
    ["a list", "[]\n", "config-form"],
  ])("%s: is reported, and stays as it is", async (_, text, code) => {
    const { machine, env, file } = await situation(text);
    const { stdout, exitCode } = await machine.run(["login", "--json"], env);
    expect(reported(stdout)).toMatchObject({ outcome: "failed", code });
    expect(exitCode).toBe(0);
    expect((await machine.run(["login", "--strict"], env)).exitCode).toBe(1);
    expect(readFileSync(file, "utf8")).toBe(text);
    expect(readdirSync(dirname(file))).toEqual(["config.json"]);
  });
});

describe("DOCKER_CONFIG of an earlier step, by docker's own rules (H41)", () => {
  test.each([
    ["./conf", "conf"],
    ["conf/", "conf"],
    ["~/conf", "~/conf"],
    ["a/b/c", "a/b/c"],
  ])("%s is relative to the current folder, and made for this user alone", async (value, folder) => {
    const { machine, host, env } = await situation();
    const cwd = tempFolder();
    const all = { HOME: machine.home.folder, PATH: machine.bin, ...env, DOCKER_CONFIG: value };
    const { exitCode, stdout } = await runHostProgram(["login", "--json"], all, { cwd });
    expect([exitCode, reported(stdout).outcome]).toEqual([0, "verified"]);
    const file = join(cwd, folder, "config.json");
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual({ auths: { [host]: { auth: AUTH } } });
    expect([statSync(file).mode & 0o777, statSync(dirname(file)).mode & 0o777]).toEqual([0o600, 0o700]);
    expect(existsSync(machine.home.config)).toBe(false);
    // A later step may run in another folder.
    await runHostProgram(["logout", "--all"], { ...all, DOCKER_CONFIG: "" });
    expect(filesBelow(cwd)).toEqual([]);
  });

  test("a file is refused, and stays", async () => {
    const { machine, env } = await situation();
    const DOCKER_CONFIG = join(machine.home.folder, "a-file");
    writeFileSync(DOCKER_CONFIG, "mine\n");
    const { stdout } = await machine.run(["login", "--json"], { ...env, DOCKER_CONFIG });
    expect(reported(stdout)).toMatchObject({ outcome: "failed", code: "folder-is-file" });
    expect(readFileSync(DOCKER_CONFIG, "utf8")).toBe("mine\n");
  });
});

test("in a container job, the home folder is the runner's, and there is no docker (H42)", async () => {
  const { machine, host, env } = await situation();
  const HOME = join(machine.home.folder, "github/home");
  mkdirSync(HOME, { recursive: true });
  const job = { HOME, PATH: machine.bin, GITHUB_ACTIONS: "true", CI: "true", GITHUB_WORKSPACE: tempFolder() };
  const { stdout, exitCode } = await runHostProgram(["login", "--json"], { ...job, ...env });
  expect([exitCode, reported(stdout).outcome]).toEqual([0, "verified"]);
  const file = join(HOME, ".docker/config.json");
  expect(JSON.parse(readFileSync(file, "utf8")).auths).toEqual({ [host]: { auth: AUTH } });
  // The post step has the same variables, without the secrets.
  expect((await runHostProgram(["logout", "--all"], job)).exitCode).toBe(0);
  expect(filesBelow(HOME)).toEqual([]);
});

// Mounts and users are root's to make.
const isRoot = process.getuid?.() === 0;

describe.runIf(isRoot && process.platform === "linux")("a config file that is a mount (H30)", () => {
  const LINE = '/bin/mount --bind "$0/mounted" "$1" && $2 shift 2; exec "$@"';

  async function mounted(isReadOnly: boolean, text = '{\n  "detachKeys": "ctrl-a"\n}\n') {
    const { machine, host, env, file } = await situation("{}");
    const { folder } = machine.home;
    writeFileSync(join(folder, "mounted"), text, { mode: 0o600 });
    const remount = isReadOnly ? '/bin/mount -o remount,bind,ro "$1" &&' : "";
    const before = ["/usr/bin/unshare", "-m", "/bin/sh", "-c", LINE.replace("$2", remount), folder, file];
    const all = { HOME: folder, PATH: machine.bin, ...env };
    const run = (...args: string[]) => runHostProgram(args, all, { before: [...before, "-"] });
    return { run, host, text, source: join(folder, "mounted"), folder: dirname(file) };
  }

  test("is written in place, and restored", async () => {
    const { run, host, text, source, folder } = await mounted(false);
    const { ino } = statSync(source);
    const { stdout, stderr } = await run("login", "--json");
    expect(stderr).toBe("");
    expect(reported(stdout)).toMatchObject({ outcome: "verified" });
    expect(JSON.parse(readFileSync(source, "utf8")).auths).toEqual({ [host]: { auth: AUTH } });
    expect(statSync(source).ino).toBe(ino);
    await run("logout", "--all");
    expect(readFileSync(source, "utf8")).toBe(text);
    expect(readdirSync(folder)).toEqual(["config.json"]);
  });

  test("is reported where it is read-only", async () => {
    const { run, text, source, folder } = await mounted(true);
    const { stdout, exitCode } = await run("login", "--json");
    expect(reported(stdout)).toMatchObject({ outcome: "failed", code: "not-writable" });
    expect(exitCode).toBe(0);
    expect(readFileSync(source, "utf8")).toBe(text);
    expect(readdirSync(folder)).toEqual(["config.json"]);
  });
});

describe.runIf(isRoot)("under sudo (H26)", () => {
  const SUDO = { SUDO_USER: "bob", SUDO_UID: "12345", SUDO_GID: "12345" };

  test("with the home folder of root, the file that is written is named", async () => {
    const { machine, env, file } = await situation();
    const { stdout } = await machine.run(["login", "--json"], { ...env, ...SUDO });
    const { outcome, notes } = reported(stdout);
    expect(outcome).toBe("verified");
    expect(notes).toEqual([
      `this runs as root through sudo: logins go to ${file}, which the docker of bob does not read; ` +
        "run registry-login without sudo, unless docker is run with sudo, too",
    ]);
  });

  test("with the home folder of the user, all files are the user's", async () => {
    const { machine, host, env, file } = await situation();
    const { folder } = machine.home;
    chownSync(folder, 12345, 12345);
    chmodSync(folder, 0o700);
    const all = { HOME: folder, PATH: machine.bin, ...env, ...SUDO };
    const cwd = tempFolder();
    chmodSync(cwd, 0o755);
    const { stdout, stderr } = await runHostProgram(["login", "--json"], all, { cwd });
    expect(stderr).toBe("");
    const { outcome, notes } = reported(stdout);
    expect(outcome).toBe("verified");
    expect(notes).toEqual([expect.stringContaining(`${file} is written as bob; run registry-login without sudo`)]);
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual({ auths: { [host]: { auth: AUTH } } });
    const made = filesBelow(join(folder, ".docker")).concat(filesBelow(join(folder, ".local")));
    expect(made.length).toBeGreaterThan(1);
    for (const each of [...made, dirname(file)]) {
      expect([each, statSync(each).uid, statSync(each).gid]).toEqual([each, 12345, 12345]);
    }
  });
});
