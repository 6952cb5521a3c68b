import { dockerConfigFile } from "../clients/docker/edit-config.ts";
import { openStorePrograms, type StorePrograms } from "../clients/native/store-program.ts";
import { isPodmanEngine } from "../clients/podman/engine.ts";
import type { OfflineContext } from "../context.ts";
import { withoutTokens } from "../platform/environment.ts";
import type { ClientsWorld } from "../registration/clients-world.ts";

/** Milliseconds that one call of a credential store may take. */
const STORE_LIMIT_MS = 5_000;

/**
 * The credential stores of the machine, for one run. They get no secret of the run, nor what only a file says.
 * @param remaining milliseconds that the run may still take
 */
export function storesOf(
  { env, machine }: Pick<OfflineContext, "env" | "machine">,
  remaining: () => number,
): StorePrograms {
  const limit = (): number => Math.min(STORE_LIMIT_MS, remaining());
  const world = { env: withoutTokens(machine?.env ?? env), platform: machine?.platform ?? process.platform, limit };
  return openStorePrograms(dockerConfigFile(env), world);
}

/**
 * What an edit of clients' files, and of the credential stores that they read, takes from the world.
 * @param remaining milliseconds that the run may still take
 */
export function clientsWorldOf(
  context: Pick<OfflineContext, "env" | "machine">,
  remaining: () => number,
): ClientsWorld {
  const { env, machine } = context;
  const platform = machine?.platform ?? process.platform;
  return {
    env,
    platform,
    lockWait: remaining,
    stores: storesOf(context, remaining),
    isHost: machine !== null,
    isPodman: machine !== null && isPodmanEngine(env, machine.dockerPath, platform),
  };
}
