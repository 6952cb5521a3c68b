import { expect } from "vitest";
import { credentialHelper } from "../../src/commands/credential-helper/credential-helper.ts";

/** What a client gets from the credential helper: the credential, or the text of the failure. */
export interface HelperAnswer {
  readonly user: string | null;
  readonly secret: string | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

/** Queries the credential helper for a registry, as clients do. */
export async function getFor(context: Parameters<typeof credentialHelper>[0], host: string): Promise<HelperAnswer> {
  const { stdout, stderr = "", exitCode } = await credentialHelper(context, ["get"], async () => host);
  const { Username: user = null, Secret: secret = null } = exitCode === 0 ? JSON.parse(stdout) : {};
  return { user, secret, stdout, stderr, exitCode };
}

/**
 * Checks that a failed login gives clients no credential, so that public images can still be pulled, and prints why.
 * @param cause what the printed line has to contain
 */
export async function expectHelperFailure(
  context: Parameters<typeof credentialHelper>[0],
  host: string,
  cause: RegExp,
): Promise<void> {
  const answer = await getFor(context, host);
  expect(answer).toMatchObject({ exitCode: 1, stdout: "credentials not found in native keychain\n" });
  expect(answer.stderr).toMatch(/^registry-login: [^\n]+\n$/);
  expect(answer.stderr).toMatch(cause);
}
