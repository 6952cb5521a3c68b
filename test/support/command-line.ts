import { runCommandLine } from "../../src/cli/run.ts";
import { UserError } from "../../src/findings/user-error.ts";
import type { TempHome } from "./temp-home.ts";

/** The result of a command line; `refusal` is the message and the hint of a usage error. */
export interface CommandLineResult {
  readonly stdout: string;
  readonly exitCode: number;
  readonly refusal: { readonly message: string; readonly hint: string } | null;
}

/** Runs a command line in this process, with these variables. */
export async function runLine(home: TempHome, args: readonly string[], env = {}): Promise<CommandLineResult> {
  try {
    const { stdout, exitCode } = await runCommandLine(args, home.context(env));
    return { stdout, exitCode, refusal: null };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { stdout: "", exitCode: 2, refusal: { message: error.message, hint: error.hint } };
  }
}
