import type { OfflineContext } from "../context.ts";
import { secretsIn } from "../discovery/known-secrets.ts";
import type { Environment } from "../platform/environment.ts";
import { describeTerminal } from "../terminal/terminal.ts";

/** A job of GitHub Actions, as a step of it sees it. */
export interface Job {
  /** The variables of the step, with its inputs, its state and the files of the runner. */
  readonly env: Environment;
  readonly world: Omit<OfflineContext, "terminal" | "env" | "machine">;
  /** Prints commands of the runner, as they are. */
  readonly write: (text: string) => Promise<void>;
}

/** What the agent takes from a job: a runner is a machine on which containers are built. */
export function jobContext({ world }: Job, env: Environment): OfflineContext {
  world.secrets.add(secretsIn(env));
  return {
    ...world,
    env,
    machine: { platform: process.platform, options: {} },
    terminal: describeTerminal(env, process.stdout),
  };
}
