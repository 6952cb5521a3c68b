import type { Context } from "../context.ts";
import { secretOf } from "../credentials/current-secret.ts";
import type { LoginRequest } from "../discovery/request.ts";
import { type Explanation, explain } from "../findings/finding.ts";
import { UserError } from "../findings/user-error.ts";
import type { Registry } from "../registries/registry.ts";
import { newMemoryVaultFolder } from "../store/location.ts";
import { isVaulted } from "../store/state-file.ts";
import { type Earlier, vaultsOf } from "../store/store.ts";
import { findEntry, openVault } from "../store/vault.ts";

/**
 * Why clients find no login to a registry, as far as our own bookkeeping tells; null where it tells nothing.
 * @param request the login that is wanted now, if any
 */
export async function explainNoAnswer(
  context: Context,
  earlier: Earlier,
  { host }: Registry,
  request: LoginRequest | null,
): Promise<Explanation | null> {
  const { state } = earlier;
  const row = state.registered.find((each) => each.host === host);
  if (row?.failure !== undefined) return explain("login-failed", { host, cause: row.failure.message });
  const found = findEntry(vaultsOf(earlier), host);
  if (found !== null) {
    const secret = await secretOf(context, found);
    return typeof secret === "string" ? null : secret;
  }
  const trap = state.memory === undefined ? null : explained(() => openVault(state.memory ?? ""));
  if (trap !== null) return trap;
  if (row !== undefined && isVaulted(row)) {
    return explain("vault-gone", { identifier: row.identifier, storage: row.storage });
  }
  return request === null ? null : explained(() => newMemoryVaultFolder(context.memoryFolders));
}

/** The finding that work fails with; null where it does not. */
function explained(work: () => unknown): Explanation | null {
  try {
    work();
    return null;
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
}
