import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findDockerLogin } from "../../../src/clients/docker/lookup.ts";
import type { Environment } from "../../../src/platform/environment.ts";
import { parseRegistry } from "../../../src/registries/registry.ts";
import { runLine } from "../command-line.ts";
import { filesBelow, makeHome, onHost, type TempHome, tempFolder } from "../temp-home.ts";

const SCRIPT = fileURLToPath(new URL("docker-credential-scripted", import.meta.url));

/** What the scripted store runs. A PATH with these alone has no client and no engine. */
const TOOLS = ["sh", "cat", "od", "tr", "sed", "mkdir", "mv", "rm", "sleep", "wc", "touch"];

/** An entry of a credential store. */
export interface StoredLogin {
  readonly ServerURL: string;
  readonly Username: string;
  readonly Secret: string;
}

/** A machine whose docker has a scripted credential store. */
export interface StoreHost {
  readonly home: TempHome;
  /** The variables that lead to the store. */
  readonly env: Readonly<Record<string, string>>;
  /** The folder on the PATH with the store's program; the test may add others. */
  readonly programs: string;
  /** What the store holds, by key. */
  entries(): Record<string, StoredLogin>;
  /** Stores a login as a person would, with `docker login`; the config file stays as it is. */
  put(key: string, user: string, secret: string): void;
  erase(key: string): void;
  /** Every call since the last time: verb and key. */
  calls(): string[];
  /** What the store's programs were started with; never a secret. */
  argumentsSeen(): string;
  /** Installs a store under another name. */
  install(name: string): void;
  /** Runs a command line with these variables, and the STORE_MODE that the store has. */
  run(args: readonly string[], env?: Environment): ReturnType<typeof runLine>;
  /** The login that docker would present: it looks into its file where its store fails to answer. */
  dockerLogin(host: string, env?: Environment): Promise<{ username: string; secret: string } | null>;
  /** Every file of the home folder and the store, with its content. */
  snapshot(): Record<string, string>;
}

/** Makes such a machine, whose docker has no configuration yet. @param name what follows `docker-credential-` */
export function makeStoreHost(name = "scripted"): StoreHost {
  const home = onHost(makeHome());
  const outside = tempFolder();
  const [programs, tools, store] = ["programs", "tools", "store"].map((each) => join(outside, each)) as [
    string,
    string,
    string,
  ];
  for (const folder of [programs, tools, store]) mkdirSync(folder, { mode: 0o700 });
  for (const tool of TOOLS) symlinkSync(realpathSync(findTool(tool)), join(tools, tool));
  const log = join(outside, "log");
  const seen = join(outside, "arguments");
  const env = { PATH: `${programs}:${tools}`, STORE_DIR: store, STORE_LOG: log };
  const install = (each: string): void => {
    const script = join(tools, "scripted-store");
    if (!existsSync(script)) copyFileSync(SCRIPT, script);
    const lines = ["#!/bin/sh", `printf '%s\\n' "$*" >>'${seen}'`, `exec /bin/sh '${script}' "$@"`, ""];
    writeFileSync(join(programs, `docker-credential-${each}`), lines.join("\n"), { mode: 0o755 });
  };
  install(name);
  return {
    home,
    env,
    programs,
    install,
    entries: () =>
      Object.fromEntries(
        filesBelow(store).map((file) => {
          const login: StoredLogin = JSON.parse(readFileSync(file, "utf8"));
          return [login.ServerURL, login];
        }),
      ),
    put: (key, Username, Secret) =>
      writeFileSync(fileOf(store, key), JSON.stringify({ ServerURL: key, Username, Secret }), { mode: 0o600 }),
    erase: (key) => rmSync(fileOf(store, key), { force: true }),
    calls: () => {
      const lines = existsSync(log) ? readFileSync(log, "utf8").trim().split("\n") : [];
      rmSync(log, { force: true });
      return lines;
    },
    argumentsSeen: () => (existsSync(seen) ? readFileSync(seen, "utf8") : ""),
    run: (args, more = {}) => runLine(home, args, { ...env, ...more }),
    dockerLogin: async (host, more = {}) => {
      const found = await findDockerLogin({ HOME: home.folder, ...env, ...more }, parseRegistry(host));
      return found.login ?? (found.problem === null ? null : found.hidden);
    },
    snapshot: () =>
      Object.fromEntries(
        [home.folder, store].flatMap((folder) =>
          readdirSync(folder, { recursive: true, withFileTypes: true }).map((entry) => {
            const path = join(entry.parentPath, entry.name);
            return [path, entry.isFile() ? readFileSync(path, "utf8") : "a folder"];
          }),
        ),
      ),
  };
}

/** docker's configuration that names the scripted store. */
export const STORE_CONFIG = '{"credsStore":"scripted"}';

/** Makes such a machine with this configuration of docker. */
export function withStore(config = STORE_CONFIG): StoreHost {
  const host = makeStoreHost();
  host.home.writeConfig(config);
  return host;
}

/** Runs `login --json`. @returns the report of the first registry, and what the run printed and ended with */
export async function runLogin(host: StoreHost, env: Environment, ...flags: readonly string[]) {
  const { stdout, exitCode } = await host.run(["login", "--json", ...flags], env);
  const [registry] = JSON.parse(stdout).registries;
  return { registry, exitCode, stdout };
}

/** Runs `login --json`. @returns the report of the first registry */
export async function logIn(host: StoreHost, env: Environment, ...flags: readonly string[]) {
  return (await runLogin(host, env, ...flags)).registry;
}

function fileOf(store: string, key: string): string {
  return join(store, Buffer.from(key).toString("hex"));
}

function findTool(name: string): string {
  const file = ["/usr/bin", "/bin"].map((folder) => join(folder, name)).find((each) => existsSync(each));
  if (file === undefined) throw new Error(`this machine has no ${name}`);
  return file;
}
