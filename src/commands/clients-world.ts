import { dockerConfigFile } from "../clients/docker/edit-config.ts";
import { openStorePrograms } from "../clients/native/store-program.ts";
import { isPodmanEngine } from "../clients/podman/engine.ts";
import type { OfflineContext } from "../context.ts";
import type { ClientsWorld } from "../registration/clients-world.ts";

/** Milliseconds that one call of a credential store may take. */
const STORE_LIMIT_MS = 5_000;

/**
 * What an edit of clients' files, and of the credential stores that they read, takes from the world.
 * @param remaining milliseconds that the run may still take
 */
export function clientsWorldOf(
  { env, machine }: Pick<OfflineContext, "env" | "machine">,
  remaining: () => number,
): ClientsWorld {
  const platform = machine?.platform ?? process.platform;
  const limit = (): number => Math.min(STORE_LIMIT_MS, remaining());
  return {
    env,
    platform,
    lockWait: remaining,
    stores: openStorePrograms(dockerConfigFile(env), { env, platform, limit }),
    isHost: machine !== null,
    isPodman: machine !== null && isPodmanEngine(env, machine.dockerPath, platform),
  };
}
