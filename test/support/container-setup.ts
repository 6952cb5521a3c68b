import { ensureEngine, installPackages } from "./engine.ts";
import { ensureImages } from "./images.ts";
import { KEEP } from "./keep.ts";
import { hasProgram } from "./shell.ts";

/** vitest's global set-up of the container tests: an engine and images; ends what it started. */
export default async function setUp(): Promise<() => Promise<void>> {
  const stopEngine = await ensureEngine();
  try {
    if (!(await hasProgram("openssl"))) await installPackages(["openssl"]);
    await ensureImages();
  } catch (error) {
    await stopEngine();
    throw error;
  }
  // The kept containers would end with their engine.
  return KEEP ? async () => undefined : stopEngine;
}
