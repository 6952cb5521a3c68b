import type { LocalWay } from "./asker.ts";
import type { InitPlace } from "./place.ts";

/** The flags of `init`. */
export interface InitFlags {
  readonly place: InitPlace;
  /** `ID=host`, each. */
  readonly registries: readonly string[];
  /** The image of a new configuration. */
  readonly image: string | null;
  readonly local: LocalWay | null;
  readonly yes: boolean;
  readonly dryRun: boolean;
  readonly check: boolean;
  readonly remove: boolean;
  readonly setSecrets: boolean;
  readonly json: boolean;
}
