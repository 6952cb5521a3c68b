import { credentialHelper } from "./commands/credential-helper/credential-helper.ts";
import type { HelperContext, Result } from "./context.ts";
import { UserError } from "./findings/user-error.ts";
import { readStdin, runProcess } from "./process.ts";

/** Is the credential helper that the arguments of this process ask for, `credential-helper VERB`, and ends the process. */
export async function runHelper(context: HelperContext): Promise<void> {
  await runProcess(() => credentialHelper(context, process.argv.slice(3), readStdin).catch(explainInProtocol));
}

/** Clients show what a helper that fails prints on stdout. */
function explainInProtocol(error: unknown): Result {
  if (!(error instanceof UserError)) throw error;
  return { stdout: `registry-login: ${error.message}; ${error.hint}\n`, exitCode: 1 };
}
