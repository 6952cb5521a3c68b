import type { Explanation } from "../findings/finding.ts";
import { UserError } from "../findings/user-error.ts";

/** User name and secret as a registry client presents them. `expiresAt` is in epoch seconds, null if unknown. */
export interface Credential {
  readonly username: string;
  readonly secret: string;
  readonly expiresAt: number | null;
  /** When a token was made, in epoch seconds; absent for anything else. */
  readonly issuedAt?: number;
  /** Where the identity of a token was searched for, up to the place that has it; absent for anything else. */
  readonly tried?: readonly Tried[];
}

/** A place where an identity may come from, and why it is not used; null for the one that is. */
export interface Tried {
  readonly source: string;
  readonly result: string | null;
}

/** Why secrets did not become a credential: rejected (`refused`), the cloud not reachable, or anything else (`failed`). */
export class ExchangeError extends UserError {
  readonly outcome: "refused" | "unreachable" | "failed";
  /** The places where an identity was searched for, in order. */
  readonly tried: readonly Tried[];

  constructor(outcome: ExchangeError["outcome"], explanation: Explanation, tried: readonly Tried[] = []) {
    super(explanation);
    this.outcome = outcome;
    this.tried = tried;
  }
}
