import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { HELPER_FOLDER } from "./clients.ts";

const PROJECT = fileURLToPath(new URL("../..", import.meta.url));

export interface AgentResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number | null;
}

/** Runs the agent from source as a process of its own, with these variables and no others. */
export function runAgent(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  stdin = "",
): Promise<AgentResult> {
  const child = spawn(process.execPath, ["--import", "tsx", "src/main.ts", ...args], {
    cwd: PROJECT,
    env: { PATH: `${HELPER_FOLDER}:${process.env.PATH}`, ...env },
  });
  return collect(child, stdin);
}

/**
 * Runs the agent from source with its stdout in an open file.
 * @param stdout the file's descriptor
 */
export function runAgentInto(
  stdout: number,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Omit<AgentResult, "stdout">> {
  const child = spawn(process.execPath, ["--import", "tsx", "src/main.ts", ...args], {
    cwd: PROJECT,
    env: { PATH: `${HELPER_FOLDER}:${process.env.PATH}`, ...env },
    stdio: ["ignore", stdout, "pipe"],
  });
  return new Promise((resolve, reject) => {
    let stderr = "";
    child.stderr?.on("data", (chunk) => {
      stderr += chunk;
    });
    child.on("error", reject);
    child.on("close", (exitCode) => resolve({ stderr, exitCode }));
  });
}

/** Gives a program its input, and waits for its output and its exit code. */
export function collect(child: ChildProcessWithoutNullStreams, stdin: string): Promise<AgentResult> {
  return new Promise((resolve, reject) => {
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (chunk) => {
      stdout += chunk;
    });
    child.stderr.on("data", (chunk) => {
      stderr += chunk;
    });
    child.on("error", reject);
    child.on("close", (exitCode) => resolve({ stdout, stderr, exitCode }));
    // A program may end before it has read all of a long input.
    child.stdin.on("error", () => undefined);
    child.stdin.end(stdin);
  });
}
