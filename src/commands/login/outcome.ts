import type { Obstacle } from "../../clients/visibility.ts";
import type { Code } from "../../findings/finding.ts";
import type { RegistryKind } from "../../registries/kind.ts";

/** How the login of one registry ended. */
export interface Outcome {
  readonly identifier: string;
  readonly host: string | null;
  readonly kind: RegistryKind | null;
  /**
   * `verified`, `refused`: what the registry said. `unreachable`: kept and registered, but nobody could ask it.
   * `failed`: not logged in, for a reason of our own side. `unchanged`: as an earlier run left it.
   */
  readonly outcome: "verified" | "unreachable" | "refused" | "failed" | "unchanged";
  /** The finding that says what is wrong; null where nothing is. */
  readonly code: Code | null;
  readonly detail: string;
  readonly hint: string;
  /** Epoch seconds; null where the credential does not say. */
  readonly expiresAt: number | null;
  /** The clients that do not use the login; none where it failed. Not in JSON, which has the first one's finding. */
  readonly obstacles?: readonly Obstacle[];
}
