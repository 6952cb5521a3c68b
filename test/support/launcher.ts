import { spawn } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { type AgentResult, collect } from "./agent.ts";
import { HELPER_FOLDER } from "./clients.ts";
import type { TempHome } from "./temp-home.ts";
import { readMemoryFolder } from "./torture/home.ts";
import { type LauncherName, placeLauncher } from "./torture/launcher.ts";

/** A launcher, installed below a home folder. */
export interface Launcher {
  run(args: readonly string[], stdin: string, shell?: string): Promise<AgentResult>;
  /** How often it has started Node. */
  starts(): number;
}

/** Installs one below the home folder of a test, with a Node that logs each start. */
export function installLauncher(
  home: TempHome,
  env: Readonly<Record<string, string>> = {},
  name: LauncherName = "docker-credential-registry-login",
): Launcher {
  // The agent that it starts has its vault in the real /dev/shm.
  onTestFinished(() => {
    const memory = readMemoryFolder(join(home.folder, ".local/state/registry-login"));
    if (memory.startsWith("/dev/shm/registry-login-")) rmSync(memory, { recursive: true, force: true });
  });
  const { file, log } = placeLauncher(home.folder, name);
  const run: Launcher["run"] = (args, stdin, shell = "sh") => {
    // A shell starts the launcher's shell, so that a test can set limits first.
    const variables = { HOME: home.folder, PATH: `${HELPER_FOLDER}:${process.env.PATH}`, ...env };
    return collect(spawn("sh", ["-c", `${shell} "$0" "$@"`, file, ...args], { env: variables }), stdin);
  };
  return { run, starts: () => (existsSync(log) ? readFileSync(log, "utf8").split("\n").length - 1 : 0) };
}
