import { findDockerLogin, type QueryIfPresent } from "../clients/docker/lookup.ts";
import type { Context } from "../context.ts";
import { createExchange } from "../credentials/exchange.ts";
import type { LoginRequest } from "../discovery/request.ts";
import type { Credential } from "../exchange/credential.ts";
import { type Explanation, explain } from "../findings/finding.ts";
import { UserError } from "../findings/user-error.ts";
import { verify } from "../handshake/verify.ts";
import type { Registry } from "../registries/registry.ts";
import type { Store } from "../store/store.ts";
import { type CredentialToTest, credentialOf, credentialOfSaved } from "./credential-to-test.ts";
import { ok, type Step, shownUser } from "./step.ts";
import type { Subject } from "./targets.ts";

/** A login that the registry accepts, where it rejects the secrets that are used. */
export type AcceptedLogin =
  /** One that clients use. */
  | { readonly finding: Explanation; readonly known: CredentialToTest; readonly login: Step }
  /** A different secret set, which nobody uses. */
  | { readonly finding: Explanation; readonly known: null };

interface AcceptedOptions {
  readonly context: Context;
  readonly store: Store;
  /** Milliseconds for each handshake and each exchange. */
  readonly timeout: number;
  /** Queries the helpers that docker would. */
  readonly query: QueryIfPresent;
}

/**
 * Finds a login that a registry accepts instead of secrets that it rejects: the saved login, docker's own, then other
 * secret sets for the same host.
 * @param rejected what the registry has rejected already
 */
export async function findAccepted(
  { request, rivals }: Subject & { readonly request: LoginRequest },
  rejected: CredentialToTest | UserError,
  options: AcceptedOptions,
): Promise<AcceptedLogin | null> {
  const { identifier, registry } = request;
  const { context, store, timeout } = options;
  const { host } = registry;
  const refused = rejected instanceof UserError ? null : rejected.credential;
  const accepts = async (credential: Credential): Promise<boolean> => {
    context.secrets.add([credential.secret]);
    if (credential.secret === refused?.secret && credential.username === refused.username) return false;
    return (await verify(registry, credential, context.send, timeout)).outcome === "verified";
  };
  const used = await findUsed(registry, options);
  if (used !== null && (await accepts(used.credential))) {
    return {
      finding: explain("saved-login-accepted", { host, identifier, saved: used.name }),
      known: used,
      login: ok("login", `accepts the saved login for ${shownUser(used.credential.username)}`),
    };
  }
  const exchange = createExchange(store, "plaintext", { ...context, timeout });
  for (const rival of rivals) {
    const credential = await exchange(rival).catch(ignoreUserError);
    if (credential === null || !(await accepts(credential))) continue;
    return { finding: explain("other-secrets-accepted", { host, identifier, rival: rival.identifier }), known: null };
  }
  return null;
}

/** The login that clients use: one that our helper answers, or one that docker has itself. */
async function findUsed(
  registry: Registry,
  { context, store, query }: AcceptedOptions,
): Promise<(CredentialToTest & { readonly credential: Credential; readonly name: string }) | null> {
  const found = store.find(registry.host);
  const saved = found === null ? null : await credentialOfSaved(found, context, store);
  if (found !== null && saved !== null && !(saved instanceof UserError)) {
    return { ...saved, name: found.entry.identifier ?? "docker login" };
  }
  if (registry.kind === "npm") return null;
  const { login } = await findDockerLogin(context.env, registry, query);
  const credential = credentialOf(login);
  if (credential === null) return null;
  const { username, secret } = credential;
  return {
    credential,
    expected: { user: username, secret },
    name: "docker login",
  };
}

function ignoreUserError(error: unknown): null {
  if (error instanceof UserError) return null;
  throw error;
}
