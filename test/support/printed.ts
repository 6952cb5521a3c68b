import type { Context, Result } from "../../src/context.ts";
import { maskResult } from "../../src/output.ts";

/** What leaves the program when a command ends so. */
export interface Printed {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

/** Waits for a command, and passes its result through the one place that lets text out, as the process does. */
export async function printed(context: Pick<Context, "secrets">, result: Result | Promise<Result>): Promise<Printed> {
  const { stdout, stderr = "", exitCode } = await maskResult(await result, context.secrets);
  return { stdout, stderr, exitCode };
}
