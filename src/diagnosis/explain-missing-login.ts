import type { Context } from "../context.ts";
import { secretOf } from "../credentials/current-secret.ts";
import type { LoginRequest } from "../discovery/request.ts";
import { type Explanation, explain } from "../findings/finding.ts";
import { explainLostLogin } from "../findings/lost-login.ts";
import { UserError } from "../findings/user-error.ts";
import type { Registry } from "../registries/registry.ts";
import { newMemoryVaultFolder } from "../store/location.ts";
import { isVaulted } from "../store/state-file.ts";
import { type Earlier, vaultsOf } from "../store/store.ts";
import { findEntry, openVault } from "../store/vault.ts";

/**
 * Why clients find no login to a registry, according to the store; null if the store has no reason.
 * @param request the current login request, if any
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
  const unusable = state.memory === undefined ? null : findingOf(() => openVault(state.memory ?? ""));
  if (unusable !== null) return unusable;
  if (row !== undefined && isVaulted(row)) {
    return explainLostLogin(row);
  }
  return request === null ? null : findingOf(() => newMemoryVaultFolder(context.memoryFolders));
}

/** The finding that `work` fails with; null if it succeeds. */
function findingOf(work: () => unknown): Explanation | null {
  try {
    work();
    return null;
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
}
