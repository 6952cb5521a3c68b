import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { authOf } from "../../../support/encoding.ts";
import { type HostMachine, makeHost } from "../../../support/host-machine.ts";
import { leakedPieces } from "../../../support/leaks.ts";
import { startLocalRegistry } from "../../../support/local-registry.ts";
import { filesBelow, secrets } from "../../../support/temp-home.ts";

const PASSWORD = "planted-secret-1";
const AUTH = authOf("bob", PASSWORD);

async function situation(config: string | null = null) {
  const machine = makeHost(config);
  const host = await startLocalRegistry(PASSWORD);
  return { machine, host, env: secrets("A", host, "bob", PASSWORD) };
}

async function logIn(machine: HostMachine, env: Record<string, string>, ...flags: string[]) {
  const { stdout, exitCode } = await machine.run(["login", "--json", ...flags], env);
  expect(exitCode).toBe(0);
  expect(leakedPieces(stdout, PASSWORD)).toEqual([]);
  return JSON.parse(stdout).registries[0] as { outcome: string; code: string | null; hint: string };
}

const readJson = (file: string) => JSON.parse(readFileSync(file, "utf8"));

describe("docker as a snap (H37)", () => {
  async function snap() {
    const found = await situation();
    found.machine.addProgram("snap", "exit 1");
    symlinkSync("snap", join(found.machine.bin, "docker"));
    return { ...found, folder: join(found.machine.home.folder, "snap/docker/current/.docker") };
  }

  test("the file that it reads is named, with the command that writes it", async () => {
    const { machine, env, folder } = await snap();
    const { outcome, code, hint } = await logIn(machine, env);
    expect([outcome, code]).toEqual(["verified", "docker-snap"]);
    expect(hint).toContain(`docker is a snap, which reads ${folder}/config.json instead of ${machine.home.config}`);
    expect(hint).toContain(`run: DOCKER_CONFIG=${folder} registry-login login --storage plaintext`);
  });

  test("that command makes docker log in, and a logout removes it", async () => {
    const { machine, host, env, folder } = await snap();
    // A store of the machine cannot be run in the snap.
    machine.addStore("secretservice");
    const all = { ...env, DOCKER_CONFIG: folder };
    expect(await logIn(machine, all, "--storage", "plaintext")).toMatchObject({ outcome: "verified", code: null });
    expect(readJson(join(folder, "config.json"))).toEqual({ auths: { [host]: { auth: AUTH } } });
    const { stdout } = await machine.run(["doctor", "--json", host, "--storage", "plaintext"], all);
    expect(JSON.parse(stdout)).toMatchObject({ healthy: true });
    await machine.run(["logout", "--all"], {});
    expect(existsSync(folder)).toBe(false);
  });

  test("docker of a package is none", async () => {
    const { machine, env } = await situation();
    machine.addProgram("docker", "exit 1");
    expect(await logIn(machine, env)).toMatchObject({ outcome: "verified", code: null });
  });
});

describe("DOCKER_AUTH_CONFIG (H38)", () => {
  const variable = (host: string): string =>
    JSON.stringify({ auths: { [host]: { auth: authOf("eve", "another-1") } } });

  test("with a login to the host is reported: docker 28.3 uses it before any other", async () => {
    const { machine, host, env } = await situation();
    machine.addProgram("docker", "echo 'Docker version 28.3.0, build 1234567'");
    const { stdout } = await machine.run(["login"], { ...env, DOCKER_AUTH_CONFIG: variable(host) });
    expect(stdout).toContain(
      `DOCKER_AUTH_CONFIG is set and holds a login to ${host}, which docker uses before any other; unset DOCKER_AUTH_CONFIG`,
    );
    expect(leakedPieces(stdout, "another-1")).toEqual([]);
    // For other programs, and for docker without the variable.
    expect(readJson(machine.home.config).auths).toEqual({ [host]: { auth: AUTH } });
  });

  test.each([
    ["a login to a different host", "Docker version 28.3.0, build 1", () => variable("other.example.com")],
    ["no JSON", "Docker version 28.3.0, build 1", () => "auths: {}"],
    ["a login for docker 28.2, which does not read it", "Docker version 28.2.2, build 1", variable],
  ])("with %s is not reported", async (_, version, text) => {
    const { machine, host, env } = await situation();
    machine.addProgram("docker", `echo '${version}'`);
    const DOCKER_AUTH_CONFIG = text(host);
    expect(await logIn(machine, { ...env, DOCKER_AUTH_CONFIG })).toMatchObject({ outcome: "verified", code: null });
  });

  test("with the same login as the secrets is no problem for the doctor", async () => {
    const { machine, host, env } = await situation();
    await logIn(machine, env);
    const DOCKER_AUTH_CONFIG = JSON.stringify({ auths: { [host]: { auth: AUTH } } });
    const { stdout } = await machine.run(["doctor", "--json", host], { ...env, DOCKER_AUTH_CONFIG });
    expect(stdout).toContain('"message":"logs in as bob (DOCKER_AUTH_CONFIG)"');
    expect(leakedPieces(stdout, PASSWORD)).toEqual([]);
  });
});

describe("podman as the engine (H49)", () => {
  const files = (machine: HostMachine, runtime: string) => [machine.home.config, join(runtime, "containers/auth.json")];

  test.each([
    ["podman without docker", [], ["podman"]],
    ["--docker-path podman", ["--docker-path", "podman"], ["podman", "docker"]],
    ["--docker-path with the file of podman", ["--docker-path", "/usr/bin/podman"], ["docker"]],
  ])("%s: its file and docker's both get the login, and lose it at the logout", async (_, flags, programs) => {
    const { machine, host, env } = await situation();
    for (const name of programs) machine.addProgram(name, "exit 1");
    const XDG_RUNTIME_DIR = join(machine.home.folder, "run");
    mkdirSync(XDG_RUNTIME_DIR, { mode: 0o700 });
    expect(await logIn(machine, { ...env, XDG_RUNTIME_DIR }, ...flags)).toMatchObject({ outcome: "verified" });
    for (const file of files(machine, XDG_RUNTIME_DIR)) {
      expect(readJson(file)).toEqual({ auths: { [host]: { auth: AUTH } } });
    }
    await machine.run(["logout", "--all"], { XDG_RUNTIME_DIR });
    expect(filesBelow(XDG_RUNTIME_DIR)).toEqual([]);
    expect(existsSync(machine.home.config)).toBe(false);
  });

  test("docker's store holds it for docker, and podman's file for podman", async () => {
    const { machine, host, env } = await situation('{"credsStore":"scripted"}\n');
    machine.addStore("scripted");
    for (const name of ["podman", "docker"]) machine.addProgram(name, "exit 1");
    const XDG_RUNTIME_DIR = join(machine.home.folder, "run");
    mkdirSync(XDG_RUNTIME_DIR, { mode: 0o700 });
    await logIn(machine, { ...env, XDG_RUNTIME_DIR }, "--docker-path", "podman");
    const [docker = "", podman = ""] = files(machine, XDG_RUNTIME_DIR);
    expect(readJson(docker)).toEqual({ credsStore: "scripted", auths: { [host]: {} } });
    expect(readJson(podman)).toEqual({ auths: { [host]: { auth: AUTH } } });
    await machine.run(["logout", "--all"], { XDG_RUNTIME_DIR });
    expect(readFileSync(docker, "utf8")).toBe('{"credsStore":"scripted"}\n');
    expect(filesBelow(XDG_RUNTIME_DIR)).toEqual([]);
    expect(filesBelow(join(machine.home.folder, "store"))).toEqual([]);
  });

  test("REGISTRY_AUTH_FILE comes before podman's own file", async () => {
    const { machine, host, env } = await situation();
    machine.addProgram("podman", "exit 1");
    const REGISTRY_AUTH_FILE = join(machine.home.folder, "auth.json");
    writeFileSync(REGISTRY_AUTH_FILE, '{\n  "auths": {"quay.io": {"auth": "eDp5"}}\n}\n');
    const before = readFileSync(REGISTRY_AUTH_FILE, "utf8");
    const XDG_RUNTIME_DIR = join(machine.home.folder, "run");
    await logIn(machine, { ...env, XDG_RUNTIME_DIR, REGISTRY_AUTH_FILE });
    expect(readJson(REGISTRY_AUTH_FILE).auths[host]).toEqual({ auth: AUTH });
    expect(readJson(machine.home.config).auths[host]).toEqual({ auth: AUTH });
    expect(existsSync(XDG_RUNTIME_DIR)).toBe(false);
    await machine.run(["logout", "--all"], { XDG_RUNTIME_DIR, REGISTRY_AUTH_FILE });
    expect(readFileSync(REGISTRY_AUTH_FILE, "utf8")).toBe(before);
  });
});

test.each([
  ["desktop.exe", "Docker Desktop"],
  ["wincred.exe", "Rancher Desktop"],
])(
  "a WSL distribution with credsStore %s and no such program: who wrote it, and both ways out (H51)",
  async (store, program) => {
    const config = JSON.stringify({ credsStore: store });
    const { machine, host, env } = await situation(config);
    machine.addProgram("docker", "exit 1");
    const { outcome, code, hint } = await logIn(machine, env);
    // docker reads its file where a store fails.
    expect([outcome, code]).toEqual(["verified", "store-of-windows"]);
    expect(hint).toContain(`as ${program} writes it into WSL; pulls from every other host fail too`);
    expect(hint).toContain(
      `turn on the integration of ${program} for this distribution, or remove "credsStore": "${store}" from ${machine.home.config}`,
    );
    expect(readJson(machine.home.config)).toEqual({ credsStore: store, auths: { [host]: { auth: AUTH } } });
    await machine.run(["logout", "--all"], env);
    expect(readFileSync(machine.home.config, "utf8")).toBe(config);
  },
);

describe("an engine on another machine (H53)", () => {
  test.each([
    ["DOCKER_HOST", '{"credsStore":"scripted"}', { DOCKER_HOST: "ssh://dev@build.example.com" }],
    ["DOCKER_CONTEXT", '{"credsStore":"scripted"}', { DOCKER_CONTEXT: "remote" }],
    ["currentContext", '{"credsStore":"scripted","currentContext":"remote"}', {}],
  ])("%s: the login needs no engine, and an unchanged run starts no program", async (_, config, variables) => {
    const { machine, host, env } = await situation(config);
    machine.addStore("scripted");
    const started = join(machine.home.folder, "docker-was-run");
    machine.addProgram("docker", `echo "$@" >> ${started}; exit 1`);
    const all = { ...env, ...variables };
    expect(await logIn(machine, all)).toMatchObject({ outcome: "verified", code: null });
    expect(readJson(machine.home.config).auths).toEqual({ [host]: {} });
    const calls = machine.calls().length;
    const { stdout } = await machine.run(["login", "--if-changed"], all);
    expect(stdout).toBe("registry-login: 1 of 1 registries ready (unchanged)\n");
    expect(machine.calls()).toHaveLength(calls);
    const { stdout: status } = await machine.run(["status"], variables);
    expect(status).toContain("stored by docker-credential-scripted");
    expect(existsSync(started)).toBe(false);
  });
});
