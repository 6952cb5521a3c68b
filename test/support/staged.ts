import { stage } from "../../scripts/stage.ts";

/** vitest's global set-up: the built Feature in build/collection. */
export default async function setUp(): Promise<void> {
  await stage();
}
