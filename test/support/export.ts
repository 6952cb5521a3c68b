import { credentialHelper } from "../../src/commands/credential-helper/credential-helper.ts";
import { exportLogins } from "../../src/commands/export/export.ts";
import type { ExportFlags } from "../../src/commands/export/flags.ts";
import type { Context } from "../../src/context.ts";
import { UserError } from "../../src/findings/user-error.ts";
import { type Printed, printed } from "./printed.ts";

const FLAGS: Omit<ExportFlags, "operands"> = {
  all: false,
  output: null,
  force: false,
  base64: false,
  name: null,
  namespace: null,
  serviceAccount: null,
  stdout: "program",
  watching: null,
};

/** Runs `export` with these operands, its stdout read by a program. */
export async function runExport(
  context: Context,
  operands: readonly string[],
  flags: Partial<ExportFlags> = {},
): Promise<Printed> {
  return await printed(context, exportLogins(context, { ...FLAGS, ...flags, operands }));
}

/** The code of the finding with which `export` ends, and all that it says. */
export async function refusedExport(
  context: Context,
  operands: readonly string[],
  flags: Partial<ExportFlags> = {},
): Promise<{ code: string; message: string; hint: string }> {
  try {
    await runExport(context, operands, flags);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const { code, message, hint } = error;
    return { code, message, hint };
  }
  throw new Error("it was exported");
}

/** Stores a login with our helper, as `docker login` does. */
export async function dockerLogin(context: Context, server: string, user: string, secret: string): Promise<void> {
  const login = JSON.stringify({ ServerURL: server, Username: user, Secret: secret });
  await credentialHelper(context, ["store"], async () => login);
}
