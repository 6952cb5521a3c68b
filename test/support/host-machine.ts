import { spawn } from "node:child_process";
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ROOT } from "../../scripts/project.ts";
import { type AgentResult, collect } from "./agent.ts";
import type { CommandLineResult } from "./command-line.ts";
import { runLine } from "./command-line.ts";
import { makeHome, onHost, type TempHome, tempFolder } from "./temp-home.ts";

const SCRIPTED = fileURLToPath(new URL("stores/docker-credential-scripted", import.meta.url));

/** What the scripted store runs, and nothing that reads a login. */
const TOOLS = ["sh", "cat", "od", "tr", "sed", "mkdir", "mv", "rm", "sleep", "wc"];

/** A machine on which dev containers are started, with a PATH of its own. */
export interface HostMachine {
  readonly home: TempHome;
  /** The one folder on the PATH. */
  readonly bin: string;
  /** A line for each call of a store: its verb and its key. */
  readonly calls: () => string[];
  /** Adds a program. @returns its path */
  addProgram(name: string, script: string): string;
  /** Adds a credential store, scripted/docker-credential-scripted, with the fault that STORE_MODE names. */
  addStore(name: string): void;
  /** Runs a command line there, in a folder without a devcontainer.json. */
  run(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<CommandLineResult>;
}

/** Makes a machine without any client, and with this text in docker's config file. */
export function makeHost(config: string | null = null): HostMachine {
  const home = onHost(makeHome());
  const bin = join(home.folder, "bin");
  const log = join(home.folder, "store.log");
  mkdirSync(bin);
  for (const tool of TOOLS)
    symlinkSync(existsSync(`/bin/${tool}`) ? `/bin/${tool}` : `/usr/bin/${tool}`, join(bin, tool));
  if (config !== null) home.writeConfig(config);
  const stores = { STORE_DIR: join(home.folder, "store"), STORE_LOG: log };
  return {
    home,
    bin,
    calls: () => (existsSync(log) ? readFileSync(log, "utf8").trim().split("\n") : []),
    addProgram: (name, script) => {
      const file = join(bin, name);
      writeFileSync(file, `#!/bin/sh\n${script}\n`);
      chmodSync(file, 0o755);
      return file;
    },
    addStore: (name) => {
      copyFileSync(SCRIPTED, join(bin, `docker-credential-${name}`));
      chmodSync(join(bin, `docker-credential-${name}`), 0o755);
    },
    run: async (args, env = {}) => {
      const folder = args[0] === "status" || args[0] === "logout" ? [] : ["--workspace-folder", tempFolder()];
      return await runLine(home, [...args, ...folder], { PATH: bin, ...stores, ...env });
    },
  };
}

const PROGRAM = [process.execPath, "--import", import.meta.resolve("tsx"), join(ROOT, "src/host.ts")];

/**
 * Runs the program of the npm package from source, as a process of its own.
 * @param before a command that starts it, such as `sh -c '...; exec "$@"' -`
 */
export function runHostProgram(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  { cwd = tempFolder(), before = [] }: { cwd?: string; before?: readonly string[] } = {},
): Promise<AgentResult> {
  const [command = "", ...rest] = [...before, ...PROGRAM, ...args];
  return collect(spawn(command, rest, { cwd, env }), "");
}
