import { runCommandLine } from "../../src/cli/run.ts";
import { UserError } from "../../src/findings/user-error.ts";
import { printed } from "./printed.ts";
import type { TempHome } from "./temp-home.ts";

/** The result of a command line; `refusal` is the message and the hint of a usage error. */
export interface CommandLineResult {
  readonly stdout: string;
  readonly exitCode: number;
  readonly refusal: { readonly message: string; readonly hint: string } | null;
}

/** Runs a command line in this process, with these variables. */
export async function runLine(home: TempHome, args: readonly string[], env = {}): Promise<CommandLineResult> {
  const context = home.context(env);
  try {
    const { stdout, exitCode } = await printed(context, runCommandLine(args, context));
    return { stdout, exitCode, refusal: null };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const { message, hint } = error;
    const { stdout } = await printed(context, { stdout: JSON.stringify({ message, hint }), exitCode: 2 });
    return { stdout: "", exitCode: 2, refusal: JSON.parse(stdout) };
  }
}
