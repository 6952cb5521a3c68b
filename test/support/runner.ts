import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { collect } from "./agent.ts";
import { tempFolder } from "./temp-home.ts";

/** A line of a job's summary. */
export interface Annotation {
  readonly level: string;
  readonly title: string;
  readonly message: string;
}

/** What GitHub's runner makes of a step. */
export interface Step {
  readonly exitCode: number | null;
  /** As the action wrote it, commands included. */
  readonly stdout: string;
  readonly stderr: string;
  /** What the job's log shows of stdout. */
  readonly log: string;
  readonly annotations: readonly Annotation[];
  readonly masks: readonly string[];
  readonly outputs: Readonly<Record<string, string>>;
}

/** A job that uses the action once. */
export interface RunnerJob {
  /** Runs the step, with these inputs and variables. */
  main(inputs: Readonly<Record<string, string>>, env?: Readonly<Record<string, string>>): Promise<Step>;
  /** Runs the end of the job, with the same inputs and what the step has left for it. */
  post(env?: Readonly<Record<string, string>>): Promise<Step>;
}

/**
 * A job as GitHub's runner runs it: inputs and state are variables, outputs and state are files, commands are lines of
 * stdout.
 * @param action the folder of the bundle
 * @param home the home folder of the job
 * Source: https://docs.github.com/actions/reference/workflow-commands-for-github-actions
 */
export function startJob(action: string, home: string, base: Readonly<Record<string, string>> = {}): RunnerJob {
  const folder = tempFolder();
  let inputs: Readonly<Record<string, string>> = {};
  const run = async (file: string, env: Readonly<Record<string, string>>): Promise<Step> => {
    const [state, output] = [join(folder, `state-${file}`), join(folder, `output-${file}`)];
    mkdirSync(dirname(state), { recursive: true });
    const variables = Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]);
    const saved = Object.entries(readValues(join(folder, "state-main.cjs")));
    const child = spawn(process.execPath, [join(action, file)], {
      cwd: folder,
      env: {
        PATH: dirname(process.execPath),
        HOME: home,
        GITHUB_ACTIONS: "true",
        GITHUB_SERVER_URL: "https://github.com",
        GITHUB_STATE: state,
        GITHUB_OUTPUT: output,
        ...base,
        ...Object.fromEntries(variables),
        ...(file === "post.cjs" ? Object.fromEntries(saved.map(([name, value]) => [`STATE_${name}`, value])) : {}),
        ...env,
      },
    });
    const { stdout, stderr, exitCode } = await collect(child, "");
    return { exitCode, stdout, stderr, ...readLog(stdout), outputs: readValues(output) };
  };
  return {
    main: async (given, env = {}) => {
      inputs = given;
      return await run("main.cjs", env);
    },
    post: async (env = {}) => await run("post.cjs", env),
  };
}

function readValues(file: string): Record<string, string> {
  const text = existsSync(file) ? readFileSync(file, "utf8") : "";
  const entries = [...text.matchAll(/^([^\n]+?)<<([^\n]+)\n(.*?)\n\2\n/gms)];
  return Object.fromEntries(entries.map(([, name = "", , value = ""]) => [name, value]));
}

/** Acts on the commands in the order of the lines: a mask hides only what comes after it. */
function readLog(stdout: string): Pick<Step, "log" | "annotations" | "masks"> {
  const masks: string[] = [];
  const annotations: Annotation[] = [];
  const log: string[] = [];
  let stopped: string | null = null;
  const hide = (text: string): string =>
    masks.toSorted((a, b) => b.length - a.length).reduce((shown, mask) => shown.replaceAll(mask, "***"), text);
  for (const line of stdout.split("\n")) {
    // The older form is found within a line, too.
    const found = /^::([^ :]+)(?: ([^:]*))?::(.*)$/.exec(line) ?? /##\[([a-z-]+)(?: ([^\]]*))?\](.*)$/.exec(line) ?? [];
    const [, name = "", list = "", data = ""] = found;
    if (stopped !== null && name === stopped) stopped = null;
    else if (stopped !== null || name === "") log.push(hide(line));
    else if (name === "stop-commands") stopped = data;
    else if (name === "add-mask") masks.push(plain(data));
    else annotations.push({ level: name, title: hide(titleIn(list)), message: hide(plain(data)) });
  }
  return { log: log.join("\n"), annotations, masks };
}

function titleIn(list: string): string {
  return plain(/(?:^|,)title=([^,]*)/.exec(list)?.[1] ?? "");
}

function plain(text: string): string {
  return text
    .replaceAll("%0D", "\r")
    .replaceAll("%0A", "\n")
    .replaceAll("%3A", ":")
    .replaceAll("%2C", ",")
    .replaceAll("%25", "%");
}
