import { credentialHelper } from "./commands/credential-helper.ts";
import type { Result } from "./context.ts";
import { UserError } from "./findings/user-error.ts";
import { readStdin, runProcess, WORLD } from "./process.ts";

// argv -> credential helper, as `credential-helper VERB`.
runProcess(() => credentialHelper(WORLD, process.argv.slice(3), readStdin).catch(explainInProtocol));

/** Clients show what a helper that fails prints on stdout. */
function explainInProtocol(error: unknown): Result {
  if (!(error instanceof UserError)) throw error;
  return { stdout: `registry-login: ${error.message}; ${error.hint}\n`, exitCode: 1 };
}
