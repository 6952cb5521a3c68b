import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { onTestFinished } from "vitest";
import { runCommandLine } from "../../src/cli/run.ts";
import { login } from "../../src/commands/login/login.ts";
import type { Outcome } from "../../src/commands/login/outcome.ts";
import { logout } from "../../src/commands/logout/logout.ts";
import type { Context } from "../../src/context.ts";

import type { RawOptions } from "../../src/discovery/options.ts";
import { createSend } from "../../src/network/http.ts";
import { secretsOf } from "../../src/output.ts";
import type { Environment } from "../../src/platform/environment.ts";
import { collectSecrets } from "../../src/secrecy/secrets.ts";
import { PLAIN } from "../../src/terminal/terminal.ts";
import { HELPER_FOLDER } from "./clients.ts";

/** A person's home folder and a tmpfs, both removed at the end of the test. */
export interface TempHome {
  readonly folder: string;
  /** A folder on tmpfs for memory vaults. */
  readonly memory: string;
  /** docker's configuration file. */
  readonly config: string;
  /** The file with the Feature's options; there is none at first. */
  readonly optionsFile: string;
  /** The context of a command, with HOME, a PATH with our credential helper alone, and these variables. */
  context(env?: Environment): Context;
  writeConfig(text: string): void;
  /** The parsed config.json, or null where there is none. */
  readConfig(): Record<string, Record<string, unknown>> | null;
}

export function makeHome(): TempHome {
  const folder = tempFolder();
  const memory = mkdtempSync("/dev/shm/registry-login-test-");
  onTestFinished(() => rmSync(memory, { recursive: true, force: true }));
  const config = join(folder, ".docker", "config.json");
  const optionsFile = join(folder, "options");
  return {
    folder,
    memory,
    config,
    optionsFile,
    context: (env = {}) => {
      const { close, ...network } = createSend(env);
      onTestFinished(close);
      const context: Context = {
        env: { HOME: folder, PATH: HELPER_FOLDER, ...env },
        optionsFile,
        machine: null,
        codespacesFile: join(folder, "env-secrets"),
        memoryFolders: [memory],
        launcher: "/nonexistent/registry-login",
        runSelf: async (args) => (await runCommandLine(args, context)).stdout,
        uid: process.getuid?.() ?? 0,
        now: Date.now,
        // The environment of the tests' own process stays as it is.
        exportEnvironment: () => undefined,
        secrets: collectSecrets(secretsOf(env, join(folder, "env-secrets"))),
        terminal: PLAIN,
        ...network,
      };
      return context;
    },
    writeConfig: (text) => {
      mkdirSync(dirname(config), { recursive: true, mode: 0o700 });
      writeFileSync(config, text);
    },
    readConfig: () => (existsSync(config) ? JSON.parse(readFileSync(config, "utf8")) : null),
  };
}

/** The same home on a machine where dev containers are built and started. */
export function onHost(home: TempHome): TempHome {
  const machine = { platform: "linux", options: {} } as const;
  return { ...home, context: (env) => ({ ...home.context(env), machine }) };
}

/** An empty folder that is removed at the end of the test. */
export function tempFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "registry-login-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The three secrets of one registry. */
export function secrets(identifier: string, server: string, user: string, password: string): Record<string, string> {
  const name = `${identifier}_CONTAINER_REGISTRY`;
  return { [`${name}_SERVER`]: server, [`${name}_USER`]: user, [`${name}_PASSWORD`]: password };
}

export interface LoginAnswer {
  readonly registries: readonly Outcome[];
  readonly skipped: readonly { identifier: string; missing: string[]; reason: string }[];
  readonly exitCode: number;
}

/** Runs `login --json` and reads its report. */
export async function logIn(context: Context, options: RawOptions = {}): Promise<LoginAnswer> {
  const { stdout, exitCode } = await login(context, { options, json: true, onlyChanged: false });
  return { ...JSON.parse(stdout), exitCode };
}

/** Runs `logout` for these hosts. */
export async function logOut(context: Context, ...hosts: string[]): Promise<void> {
  await logout(context, { hosts, all: false, json: true });
}

/** Every regular file below a folder, absolute, sorted. Symbolic links are not followed. */
export function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => isInPlace(folder, file))
    .sort();
}

/** Node walks into a link to a folder; and other programs remove their temporary files meanwhile. */
function isInPlace(folder: string, file: string): boolean {
  try {
    return realpathSync(file) === join(realpathSync(folder), relative(folder, file));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}

/** The credentials of a vault, without the cached answers. */
export function entriesBelow(folder: string): string[] {
  return filesBelow(folder).filter((file) => !file.includes("/answers/"));
}

/** What changes when a file is written again, even with the same text. */
export function writtenFiles(folder: string): Record<string, string> {
  return Object.fromEntries(
    filesBelow(folder).map((file) => {
      const { ino, mtimeNs } = statSync(file, { bigint: true });
      return [file, `${ino} ${mtimeNs}`];
    }),
  );
}
