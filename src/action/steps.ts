import { runProcess, WORLD, writeCommands } from "../process.ts";
import type { Job } from "./job.ts";
import { logInJob } from "./log-in.ts";
import { logOutJob } from "./log-out.ts";

// The code of both entries; the build keeps it in one file.

const STEPS = { main: logInJob, post: logOutJob };

/** Runs a step of the action, and ends the process. */
export async function runStep(step: keyof typeof STEPS): Promise<void> {
  const { env, machine: _, ...world } = WORLD;
  const job: Job = { env, world, write: writeCommands };
  await runProcess(() => STEPS[step](job));
}
