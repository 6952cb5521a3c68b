import { stage } from "../../scripts/stage.ts";

/** In the process, since vitest gives each project its own copy of this module. */
const shared = globalThis as { stagedFeature?: Promise<void> };

/** vitest's global set-up of the projects that test the built Feature: stages it in build/collection, once for all. */
export default async function setUp(): Promise<void> {
  shared.stagedFeature ??= stage();
  await shared.stagedFeature;
}
