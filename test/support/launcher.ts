import { spawn } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { AGENT_FOLDER, FEATURE_FOLDER } from "../../scripts/project.ts";
import { type AgentResult, collect } from "./agent.ts";
import type { TempHome } from "./temp-home.ts";
import { readMemoryFolder } from "./torture/home.ts";

/** The launchers that install.sh puts on the PATH. */
export type LauncherName = "docker-credential-registry-login" | "registry-login";

/** One of them, installed below a home folder. */
export interface Launcher {
  run(args: readonly string[], stdin: string, shell?: string): Promise<AgentResult>;
  /** How often it has started Node. */
  starts(): number;
}

/** Installs one as install.sh does, in a different folder, with a Node that logs each start. */
export function installLauncher(
  home: TempHome,
  env: Readonly<Record<string, string>> = {},
  name: LauncherName = "docker-credential-registry-login",
): Launcher {
  const lib = join(home.folder, "lib");
  const log = join(home.folder, "starts");
  mkdirSync(lib);
  // The agent that it starts has its vault in the real /dev/shm.
  onTestFinished(() => {
    const memory = readMemoryFolder(join(home.folder, ".local/state/registry-login"));
    if (memory.startsWith("/dev/shm/registry-login-")) rmSync(memory, { recursive: true, force: true });
  });
  symlinkSync(AGENT_FOLDER, join(lib, "agent"));
  writeFileSync(join(lib, "node"), `#!/bin/sh\necho start >>"${log}"\nexec "${process.execPath}" "$@"\n`);
  chmodSync(join(lib, "node"), 0o755);
  const text = readFileSync(join(FEATURE_FOLDER, "bin", name), "utf8");
  const file = join(home.folder, name);
  const places = { lib, share: home.folder };
  const placed = text.replace(/^(lib|share)=.*$/gm, (_, place: keyof typeof places) => {
    return `${place}=${places[place]}`;
  });
  writeFileSync(file, placed);
  const run: Launcher["run"] = (args, stdin, shell = "sh") => {
    // A shell starts the launcher's shell, so that a test can set limits first.
    const variables = { HOME: home.folder, PATH: process.env.PATH, ...env };
    return collect(spawn("sh", ["-c", `${shell} "$0" "$@"`, file, ...args], { env: variables }), stdin);
  };
  return { run, starts: () => (existsSync(log) ? readFileSync(log, "utf8").split("\n").length - 1 : 0) };
}
