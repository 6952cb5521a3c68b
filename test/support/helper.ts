import { credentialHelper } from "../../src/commands/credential-helper.ts";

/** What a client gets from the credential helper: the credential, or the text of the failure. */
export interface HelperAnswer {
  readonly user: string | null;
  readonly secret: string | null;
  readonly stdout: string;
  readonly exitCode: number;
}

/** Asks the credential helper for a registry, as clients do. */
export async function getFor(context: Parameters<typeof credentialHelper>[0], host: string): Promise<HelperAnswer> {
  const { stdout, exitCode } = await credentialHelper(context, ["get"], async () => host);
  const { Username: user = null, Secret: secret = null } = exitCode === 0 ? JSON.parse(stdout) : {};
  return { user, secret, stdout, exitCode };
}
