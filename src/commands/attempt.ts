import type { LoginRequest } from "../discovery/request.ts";
import { type Credential, obtainCredential } from "../exchange/credential.ts";
import type { Send } from "../handshake/http.ts";
import { type Verdict, verify } from "../handshake/verify.ts";
import { UserError } from "../user-error.ts";

/** How far one registry's login came before anything was written. `credential` is null where nothing is to be kept. */
export interface Attempt {
  readonly request: LoginRequest;
  readonly credential: Credential | null;
  /** Whether the registry takes the credential, as far as this or an earlier run could ask. */
  readonly verified: boolean;
  readonly verdict: Verdict | { readonly outcome: "unchanged"; readonly detail: string; readonly hint: string };
}

export interface AttemptOptions {
  readonly send: Send;
  /** Milliseconds for the whole handshake with one registry. */
  readonly timeout: number;
  readonly verify: boolean;
  /** Whether an earlier run keeps exactly this credential for the request. */
  readonly known: (credential: Credential) => "verified" | "unverified" | "none";
  /** Leave a credential alone that an earlier run verified. */
  readonly onlyChanged: boolean;
}

/** Secrets -> credential -> the registry's verdict, for one registry; never throws for what a person can mend. */
export async function attempt(request: LoginRequest, options: AttemptOptions): Promise<Attempt> {
  let credential: Credential;
  try {
    credential = obtainCredential(request);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const verdict = { outcome: "failed", detail: error.message, hint: error.hint } as const;
    return { request, credential: null, verified: false, verdict };
  }
  const known = options.known(credential);
  if (known === "verified" && (options.onlyChanged || !options.verify)) {
    return { request, credential, verified: true, verdict: unchanged("as an earlier login left it") };
  }
  if (!options.verify) {
    const verdict: Verdict = { outcome: "unreachable", detail: "not asked (the option verify is off)", hint: "" };
    return { request, credential, verified: false, verdict: known === "none" ? verdict : unchanged(verdict.detail) };
  }
  const verdict = await verify(request.registry, credential, options.send, options.timeout);
  switch (verdict.outcome) {
    case "verified":
      return {
        request,
        credential,
        verified: true,
        verdict: known === "verified" ? unchanged("still accepted") : verdict,
      };
    case "unreachable":
      return { request, credential, verified: known === "verified", verdict };
    case "refused":
      return { request, credential: null, verified: false, verdict: { ...verdict, hint: hintForRefused(request) } };
    case "failed":
      return { request, credential: null, verified: false, verdict };
  }
}

function unchanged(detail: string): Attempt["verdict"] {
  return { outcome: "unchanged", detail, hint: "" };
}

function hintForRefused({ identifier }: LoginRequest): string {
  return `check ${identifier}_CONTAINER_REGISTRY_USER and _PASSWORD (mistyped, expired, revoked?), then run registry-login`;
}
