import { onTestFinished } from "vitest";
import { startEmbeddedRegistry } from "./embedded-registry.ts";

/**
 * Starts a registry of this process with the user bob, until the test ends.
 * @returns its host, `localhost:PORT`
 */
export async function startLocalRegistry(password: string, auth: "basic" | "bearer" = "basic"): Promise<string> {
  const registry = await startEmbeddedRegistry({ auth, user: "bob", password });
  onTestFinished(registry.close);
  return registry.host;
}
