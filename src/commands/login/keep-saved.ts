import type { Credential } from "../../exchange/credential.ts";
import { type Code, explain } from "../../findings/finding.ts";
import type { Verdict } from "../../handshake/verdict.ts";
import type { Registration } from "../../store/state.ts";
import type { Attempt } from "./attempt.ts";

/** The login that an earlier run saved for the host of a request, with another credential than the new one. */
export interface SavedAlternative {
  readonly registration: Registration;
  /** Whether it is to be removed anyway: it is no longer among the secrets of the codespace. */
  readonly isRevoked: boolean;
  /** What a client would present now; null where it has expired, cannot be renewed, or is what was just rejected. */
  readonly credential: () => Promise<Credential | null>;
  /** Asks the registry about it; null where it may not be sent by the network's settings of this run. */
  readonly verify: ((credential: Credential) => Promise<Verdict>) | null;
}

/**
 * A worse credential never replaces a better one. A new one that is rejected, or does not become a credential, leaves the
 * saved one in use unless the registry rejects that too. A new one that could not be checked leaves one in use that was
 * verified.
 * @returns the attempt, with the registration that stays in use where it does
 */
export async function keepBetter(
  attempt: Attempt,
  { saved, verify }: { readonly saved: SavedAlternative | null; readonly verify: boolean },
): Promise<Attempt> {
  const { outcome } = attempt.verdict;
  // Without the option verify, nobody knows which one is better: the new one was set last.
  if (saved === null || saved.isRevoked || outcome === "verified" || outcome === "unchanged") return attempt;
  if (outcome === "unreachable" && attempt.credential !== null) {
    const isWorse = verify && saved.registration.verified && !attempt.verified;
    return isWorse ? keep(attempt, saved, "new-login-unchecked") : attempt;
  }
  if (saved.verify === null) return keep(attempt, saved, "new-login-rejected");
  const credential = await saved.credential();
  if (credential === null) return attempt;
  if (isWithoutIdentity(attempt)) return stay(attempt, saved);
  const isRejectedToo = verify && (await saved.verify(credential)).outcome === "refused";
  return isRejectedToo ? attempt : keep(attempt, saved, "new-login-rejected");
}

/** The text about a login of an earlier run whose secrets are not here. */
export const STILL_LOGGED_IN = "still logged in from an earlier run (this shell does not have its secrets)";

const WITHOUT_IDENTITY: readonly (Code | null)[] = ["google-no-identity", "azure-no-identity"];

/** An entry of the option without secrets may be one whose secrets are not in this shell, on a machine without an identity. */
function isWithoutIdentity({ verdict }: Attempt): boolean {
  return WITHOUT_IDENTITY.includes(verdict.code);
}

function stay(attempt: Attempt, { registration }: SavedAlternative): Attempt {
  const verdict = { outcome: "unchanged", code: null, detail: STILL_LOGGED_IN, hint: "" } as const;
  return { ...attempt, credential: null, kept: registration, verdict };
}

function keep(
  attempt: Attempt,
  { registration }: SavedAlternative,
  code: "new-login-unchecked" | "new-login-rejected",
): Attempt {
  const { identifier, registry } = attempt.request;
  const { detail: cause, hint } = attempt.verdict;
  const finding = explain(code, { host: registry.host, identifier, saved: registration.identifier, cause, hint });
  return {
    ...attempt,
    credential: null,
    kept: registration,
    rejection: attempt.verdict.outcome === "refused" ? { message: cause, hint } : null,
    verdict: { outcome: "unchanged", code: finding.code, detail: finding.message, hint: finding.hint },
  };
}
