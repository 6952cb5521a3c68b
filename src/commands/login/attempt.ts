import type { Exchange } from "../../credentials/exchange.ts";
import type { InputNote } from "../../discovery/inputs.ts";
import type { LoginRequest } from "../../discovery/request.ts";
import { type Credential, ExchangeError } from "../../exchange/credential.ts";
import { identityOf, userOf } from "../../exchange/identity.ts";
import { type Explanation, explain } from "../../findings/finding.ts";
import { UserError } from "../../findings/user-error.ts";
import type { Deadline } from "../../handshake/deadline.ts";
import { githubOf, readScopes } from "../../handshake/github-scopes.ts";
import { explainRefusal } from "../../handshake/refusal.ts";
import { type Verdict, verdictOf } from "../../handshake/verdict.ts";
import { verify } from "../../handshake/verify.ts";
import type { Send } from "../../network/http.ts";
import type { Environment } from "../../platform/environment.ts";
import type { Registration } from "../../store/state.ts";
import { describeBug } from "../../terminal/bug.ts";
import { keepBetter, type SavedAlternative } from "./keep-saved.ts";
import { explainSuspicion } from "./suspicions.ts";

/** How far one registry's login got before anything is written. `credential` is null where nothing is to be saved. */
export interface Attempt {
  readonly request: LoginRequest;
  readonly credential: Credential | null;
  /** Whether the registry accepts the credential, as far as this or an earlier run could ask. */
  readonly verified: boolean;
  /** When the registry accepted it, in epoch seconds; null where it did not, or nobody knows. */
  readonly verifiedAt: number | null;
  readonly verdict: Verdict | (Omit<Verdict, "outcome"> & { readonly outcome: "unchanged" });
  /** What the registry allows with the credential, as far as it is known. */
  readonly rights: "pull only" | "pull and push" | null;
  /** The login of an earlier run that stays in use, since the new credential is worse; null in all other cases. */
  readonly kept: Registration | null;
  /** Why the registry rejected the new credential while the saved one stays in use; null in all other cases. */
  readonly rejection: { readonly message: string; readonly hint: string } | null;
  /** The lines for the report of a bug of ours that ended this attempt; null without one. */
  readonly bug: string | null;
}

export interface AttemptOptions {
  /** Whether what is saved is a way to renew, and not a token. */
  readonly renews: boolean;
  readonly exchange: Exchange;
  readonly send: Send;
  readonly deadline: Deadline;
  readonly verify: boolean;
  /** Whether an earlier run saved exactly this credential for the request. */
  readonly savedState: (credential: Credential) => "verified" | "unverified" | "none";
  /** What an earlier run saved for the request's host. */
  readonly saved: SavedAlternative | null;
  /** The environment, overridden by the secrets file of a codespace. */
  readonly world: Environment;
  /** What is wrong with the files that variables come from. */
  readonly inputs: readonly InputNote[];
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Do not verify again what an earlier run verified. */
  readonly onlyChanged: boolean;
}

/** Secrets -> credential -> the registry's verdict, for one registry. Never throws: a bug here concerns this one alone. */
export async function attempt(request: LoginRequest, options: AttemptOptions): Promise<Attempt> {
  try {
    const tried = { rights: null, kept: null, rejection: null, bug: null, ...(await tryLogin(request, options)) };
    return await keepBetter(explainSuspicion(tried, options.world, options.inputs), options);
  } catch (error) {
    const kept = options.saved?.registration ?? null;
    const verdict = verdictOf("failed", explain("bug", { host: request.registry.host }));
    const bug = describeBug(error);
    return { ...settle(request, verdict, kept), bug };
  }
}

/** The attempt of a login that clients could not use, so that nothing is asked, saved or written for it. */
export function withoutTrying(request: LoginRequest, finding: Explanation): Attempt {
  return settle(request, verdictOf("failed", finding));
}

/**
 * An attempt that ends before anything is asked, and saves nothing.
 * @param kept the login of an earlier run that stays in use, or known
 */
export function settle(request: LoginRequest, verdict: Attempt["verdict"], kept: Registration | null = null): Attempt {
  const nothing = { credential: null, verified: false, verifiedAt: null, rights: null, rejection: null, bug: null };
  return { request, ...nothing, verdict, kept };
}

async function tryLogin(
  request: LoginRequest,
  options: AttemptOptions,
): Promise<Omit<Attempt, "kept" | "rights" | "rejection" | "bug"> & Partial<Pick<Attempt, "rights">>> {
  let credential: Credential;
  try {
    credential = await options.deadline.limit(options.exchange(request), request.registry.host);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const outcome = error instanceof ExchangeError ? error.outcome : "failed";
    // A cloud can be asked later, when a client needs the token: the helper renews it with the saved identity.
    const later = outcome === "unreachable" && options.renews ? withoutToken(request) : null;
    return {
      request,
      credential: later,
      verified: false,
      verifiedAt: null,
      verdict: verdictOf(outcome, error),
    };
  }
  const saved = options.savedState(credential);
  const verifiedBefore = options.saved?.registration.verifiedAt ?? null;
  const before = { verified: saved === "verified", verifiedAt: saved === "verified" ? verifiedBefore : null };
  if (saved === "verified" && (options.onlyChanged || !options.verify)) {
    return { request, credential, ...before, verdict: unchanged("verified by an earlier run") };
  }
  if (!options.verify) {
    const verdict: Verdict = {
      outcome: "unreachable",
      code: null,
      detail: "not checked: the option verify is off",
      hint: "",
    };
    return { request, credential, ...before, verdict: saved === "none" ? verdict : unchanged(verdict.detail) };
  }
  const [verdict, scopes] = await Promise.all([
    verify(request.registry, credential, options.send, options.deadline.handshake()),
    findScopes(request, options.send),
  ]);
  const rights = rightsOf(request, scopes);
  switch (verdict.outcome) {
    case "verified":
      return {
        request,
        credential,
        verified: true,
        verifiedAt: Math.floor(options.now() / 1000),
        rights,
        verdict: {
          ...(saved === "verified"
            ? unchanged(join("still accepted", rights))
            : { ...verdict, detail: rights ?? verdict.detail }),
          ...explainScopes(request, scopes),
        },
      };
    case "unreachable":
      return { request, credential, ...before, verdict };
    case "refused":
      return {
        request,
        credential: null,
        verified: false,
        verifiedAt: null,
        verdict: verdictOf("refused", explainRefusal(request, verdict)),
      };
    case "failed":
      return { request, credential: null, verified: false, verifiedAt: null, verdict };
  }
}

function withoutToken(request: LoginRequest): Credential | null {
  const identity = identityOf(request);
  return identity === null ? null : { username: userOf(identity), secret: "", expiresAt: null };
}

function findScopes({ source, registry, password }: LoginRequest, send: Send): Promise<readonly string[] | null> {
  const isGithubToken = source === "github-token" && registry.kind === "ghcr";
  return isGithubToken ? readScopes(registry.host, password ?? "", send) : Promise.resolve(null);
}

/** A token that was not made for this registry may do less than its user expects. */
function rightsOf({ source, registry }: LoginRequest, scopes: readonly string[] | null): Attempt["rights"] {
  if (source !== "github-token" || registry.kind !== "ghcr") return null;
  return scopes?.includes("write:packages") === true ? "pull and push" : "pull only";
}

/** ghcr.io accepts a token of the GitHub CLI without the scope, and denies each pull of a private image. */
function explainScopes(
  { registry, password }: LoginRequest,
  scopes: readonly string[] | null,
): Partial<Attempt["verdict"]> {
  const mayPull = scopes === null || scopes.some((scope) => /^(?:read|write):packages$/.test(scope));
  if (mayPull || password?.startsWith("gho_") !== true) return {};
  const { code, message, hint } = explain("gh-scope-missing", {
    scopes: scopes.join(", "),
    github: githubOf(registry.host),
  });
  return { code, detail: message, hint };
}

function join(...parts: (string | null)[]): string {
  return parts.filter((part) => part !== null).join(", ");
}

function unchanged(detail: string): Attempt["verdict"] {
  return { outcome: "unchanged", code: null, detail, hint: "" };
}
