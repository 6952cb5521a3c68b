import type { HelperContext } from "../context.ts";
import { readCodespacesSecrets } from "../discovery/codespaces.ts";
import { readGithubToken } from "../discovery/github.ts";
import { parseOptions, readOptionsFile } from "../discovery/options.ts";
import { type AwsIdentity, tokenName } from "../exchange/aws-identity.ts";
import { explain } from "../findings/finding.ts";
import { UserError } from "../findings/user-error.ts";
import type { Found, Vault } from "../store/vault.ts";
import { currentToken, keptToken } from "./aws-token.ts";

/** The secret of an entry as far as it is at hand, without asking anybody; null where it is not. */
export function keptSecret(context: HelperContext, { vault, entry }: Found): string | null {
  if (entry.githubToken) {
    return readGithubToken(context.env, readCodespacesSecrets(context.codespacesFile))?.token ?? null;
  }
  return entry.aws === null ? entry.secret : (vault.readToken(tokenName(entry.aws))?.secret ?? null);
}

/** The secret of an entry, at this time, or why there is none. */
export async function secretOf(context: HelperContext, { vault, entry }: Found): Promise<string | UserError> {
  if (entry.githubToken) {
    const found = readGithubToken(context.env, readCodespacesSecrets(context.codespacesFile));
    return found?.token ?? new UserError(explain("github-token-missing"));
  }
  const { host, identifier, expiresAt, aws } = entry;
  // Only credentials of secret sets have an expiry.
  if (identifier === null) return entry.secret;
  if (expiresAt !== null && expiresAt * 1000 <= context.now()) {
    return new UserError(
      explain("login-expired", { host, time: new Date(expiresAt * 1000).toISOString(), identifier }),
    );
  }
  return aws === null ? entry.secret : await renewed(context, vault, aws, identifier);
}

/** What talks to the network is only loaded where AWS has to be asked. */
async function renewed(
  context: HelperContext,
  vault: Vault,
  identity: AwsIdentity,
  identifier: string,
): Promise<string | UserError> {
  try {
    const kept = keptToken(vault, identity, Math.floor(context.now() / 1000));
    if (kept !== null) return kept.secret;
    const { createSend } = await import("../handshake/http.ts");
    const { timeout } = parseOptions(readOptionsFile(context.optionsFile), {});
    const { agentFor, close } = createSend(context.env);
    try {
      return (await currentToken(vault, identity, { identifier, timeout, now: context.now, agentFor })).secret;
    } finally {
      close();
      // A logout meanwhile has taken the login away, and would not find the new token.
      const identities = [...vault.list("stored"), ...vault.list("discovered")].flatMap(({ aws }) => aws ?? []);
      const name = tokenName(identity);
      if (!identities.some((each) => tokenName(each) === name)) vault.forgetToken(name);
    }
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
}
