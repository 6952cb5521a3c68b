import type { LoginRequest } from "../../discovery/request.ts";
import { AWS_USER } from "../../exchange/aws-identity.ts";
import { type Credential, ExchangeError } from "../../exchange/credential.ts";
import { UserError } from "../../findings/user-error.ts";
import type { Limits } from "../../handshake/deadline.ts";
import { mayWritePackages } from "../../handshake/github-scopes.ts";
import type { Send } from "../../handshake/http.ts";
import { explainRefusal } from "../../handshake/refusal.ts";
import { type Verdict, verdictOf } from "../../handshake/verdict.ts";
import { verify } from "../../handshake/verify.ts";

/** How far one registry's login came before anything was written. `credential` is null where nothing is to be kept. */
export interface Attempt {
  readonly request: LoginRequest;
  readonly credential: Credential | null;
  /** Whether the registry takes the credential, as far as this or an earlier run could ask. */
  readonly verified: boolean;
  /** When the registry said so, in epoch seconds; null where it did not, or nobody knows. */
  readonly verifiedAt: number | null;
  readonly verdict:
    | Verdict
    | { readonly outcome: "unchanged"; readonly code: null; readonly detail: string; readonly hint: string };
}

export interface AttemptOptions {
  /** Whether what is kept is a way to renew, and not a token. */
  readonly renews: boolean;
  readonly obtain: (request: LoginRequest) => Promise<Credential>;
  readonly send: Send;
  readonly limits: Limits;
  readonly verify: boolean;
  /** Whether an earlier run keeps exactly this credential for the request. */
  readonly known: (credential: Credential) => "verified" | "unverified" | "none";
  /** When an earlier run verified what it keeps for the request's host; see {@link Attempt}. */
  readonly verifiedBefore: number | null;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Leave a credential alone that an earlier run verified. */
  readonly onlyChanged: boolean;
}

/** Secrets -> credential -> the registry's verdict, for one registry; never throws for what a person can mend. */
export async function attempt(request: LoginRequest, options: AttemptOptions): Promise<Attempt> {
  let credential: Credential;
  try {
    credential = await options.limits.asking(options.obtain(request), request.registry.host);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const outcome = error instanceof ExchangeError ? error.outcome : "failed";
    // What cannot be asked now can be asked when a client wants it: the helper renews with the keys that are kept.
    const later = outcome === "unreachable" && options.renews && request.exchange !== null ? UNASKED : null;
    return {
      request,
      credential: later,
      verified: false,
      verifiedAt: null,
      verdict: verdictOf(outcome, error),
    };
  }
  const known = options.known(credential);
  const before = { verified: known === "verified", verifiedAt: known === "verified" ? options.verifiedBefore : null };
  if (known === "verified" && (options.onlyChanged || !options.verify)) {
    return { request, credential, ...before, verdict: unchanged("verified by an earlier run") };
  }
  if (!options.verify) {
    const verdict: Verdict = {
      outcome: "unreachable",
      code: null,
      detail: "not checked: the option verify is off",
      hint: "",
    };
    return { request, credential, ...before, verdict: known === "none" ? verdict : unchanged(verdict.detail) };
  }
  const [verdict, note] = await Promise.all([
    verify(request.registry, credential, options.send, options.limits.handshake()),
    describeRights(request, options.send),
  ]);
  switch (verdict.outcome) {
    case "verified":
      return {
        request,
        credential,
        verified: true,
        verifiedAt: Math.floor(options.now() / 1000),
        verdict: known === "verified" ? unchanged(join("still accepted", note)) : { ...verdict, detail: note },
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

const UNASKED: Credential = { username: AWS_USER, secret: "", expiresAt: null };

/** A token that was not made for this registry may do less than its user expects. */
async function describeRights({ source, registry, password }: LoginRequest, send: Send): Promise<string> {
  if (source !== "github-token" || registry.kind !== "ghcr") return "";
  return (await mayWritePackages(password ?? "", send)) ? "pull and push" : "pull only";
}

function join(...parts: string[]): string {
  return parts.filter((part) => part !== "").join(", ");
}

function unchanged(detail: string): Attempt["verdict"] {
  return { outcome: "unchanged", code: null, detail, hint: "" };
}
