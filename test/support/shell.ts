import { spawn } from "node:child_process";

export interface Ran {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Both streams, as they came. */
  readonly output: string;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  readonly input?: string;
}

/** Runs a program to its end, whatever its exit code. */
export function tryRun(program: string, args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: options.cwd, env: { ...process.env, ...options.env } });
    let stdout = "";
    let stderr = "";
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
      output += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
      output += text;
    });
    child.on("error", reject);
    child.on("close", (code) => resolve({ exitCode: code ?? 1, stdout, stderr, output }));
    child.stdin.on("error", () => undefined).end(options.input);
  });
}

/** Runs a program that has to succeed. */
export async function run(program: string, args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const ran = await tryRun(program, args, options);
  if (ran.exitCode === 0) return ran;
  throw new Error(`${program} ${args.slice(0, 3).join(" ")} ended with ${ran.exitCode}:\n${ran.output.slice(-8000)}`);
}

/** Is there such a program on the PATH? */
export async function hasProgram(name: string): Promise<boolean> {
  return (await tryRun("sh", ["-c", `command -v ${name}`])).exitCode === 0;
}
