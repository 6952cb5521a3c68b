import type { Explanation } from "../findings/finding.ts";
import { UserError } from "../findings/user-error.ts";

/** What a registry client presents. `expiresAt` is in epoch seconds, null where the credential does not say. */
export interface Credential {
  readonly username: string;
  readonly secret: string;
  readonly expiresAt: number | null;
}

/** Why secrets did not become a credential: they are no good (`refused`), nobody could be asked, or something else. */
export class ExchangeError extends UserError {
  readonly outcome: "refused" | "unreachable" | "failed";

  constructor(outcome: ExchangeError["outcome"], explanation: Explanation) {
    super(explanation);
    this.outcome = outcome;
  }
}
