import type { Explanation } from "../findings/finding.ts";
import { UserError } from "../findings/user-error.ts";

/** User name and secret as a registry client presents them. `expiresAt` is in epoch seconds, null if unknown. */
export interface Credential {
  readonly username: string;
  readonly secret: string;
  readonly expiresAt: number | null;
  /** When a token was made, in epoch seconds; absent for anything else. */
  readonly issuedAt?: number;
}

/** Why secrets did not become a credential: rejected (`refused`), the cloud not reachable, or anything else (`failed`). */
export class ExchangeError extends UserError {
  readonly outcome: "refused" | "unreachable" | "failed";

  constructor(outcome: ExchangeError["outcome"], explanation: Explanation) {
    super(explanation);
    this.outcome = outcome;
  }
}
