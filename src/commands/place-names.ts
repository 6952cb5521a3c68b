import type { Registration } from "../store/state.ts";

/** Where a login is stored, in the reports of a login and of `status`; empty for a login that failed. */
export const PLACE_NAMES: Readonly<Record<Registration["storage"], string>> = {
  memory: "stored in memory",
  disk: "stored on disk",
  plaintext: "stored in docker's config.json",
  store: "stored in a credential store",
  npmrc: "stored in .npmrc",
  none: "",
};
