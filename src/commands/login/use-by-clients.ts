import { openStoreAnswers, queryAnswers } from "../../clients/native/answers.ts";
import type { StorePrograms } from "../../clients/native/store-program.ts";
import { currentFolder } from "../../clients/npm/lookup.ts";
import { explainUnregistrable } from "../../clients/registrable.ts";
import { findClients, type Obstacle } from "../../clients/visibility.ts";
import type { OfflineContext } from "../../context.ts";
import type { Storage } from "../../discovery/options.ts";
import type { LoginRequest } from "../../discovery/request.ts";
import type { Explanation } from "../../findings/finding.ts";
import type { Environment } from "../../platform/environment.ts";
import { placementOf } from "../../registration/record.ts";
import { parseRegistry } from "../../registries/registry.ts";
import type { Store } from "../../store/store.ts";

/** Why clients could not use a login, whatever the registry says about it; null where they could. */
export function whyUnusable(
  env: Environment,
  request: LoginRequest,
  storage: Storage,
  isHost: boolean,
): Explanation | null {
  const { registry } = request;
  if (registry.kind === "npm") return null;
  const needsHelper = storage !== "native" && placementOf(request, storage, isHost).storage !== "plaintext";
  return explainUnregistrable(env, registry, needsHelper, isHost);
}

/** Host -> the clients that do not use what is saved for it now, and why. @param stores the credential stores of the run */
export async function findObstacles(
  { env, machine }: Pick<OfflineContext, "env" | "machine">,
  store: Store,
  stores: StorePrograms,
): Promise<Map<string, readonly Obstacle[]>> {
  const query = queryAnswers(openStoreAnswers(stores));
  const rows = store.registrations.map(async ({ host, storage, fallback }) => {
    const visible = { registry: parseRegistry(host), storage, fallback, isHost: machine !== null, query };
    return [host, (await findClients(env, visible, store, currentFolder())).obstacles] as const;
  });
  return new Map(await Promise.all(rows));
}
