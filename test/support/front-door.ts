import { createDoorman, type Door, type Doorman, type GithubTokens } from "./doors.ts";
import { startTlsRegistry, type TlsRegistry } from "./tls-registry.ts";

/** A registry under the names and behind the token services of several registries. */
export interface FrontDoor extends TlsRegistry {
  readonly doorman: Doorman;
}

/**
 * Starts one; needs root, for port 443.
 * @param address a loopback address that nothing else uses
 */
export async function startFrontDoor(
  address: string,
  doors: readonly Door[],
  githubTokens: GithubTokens,
): Promise<FrontDoor> {
  const doorman = createDoorman(doors, githubTokens);
  const registry = await startTlsRegistry(address, doorman.hosts, doorman.admits);
  return { doorman, ...registry };
}
