import type { Context } from "../context.ts";
import { currentSecret } from "../credentials/current-secret.ts";
import { explainMissingLogin } from "../credentials/missing-login.ts";
import type { LoginRequest } from "../discovery/request.ts";
import { type Explanation, explain } from "../findings/finding.ts";
import { UserError } from "../findings/user-error.ts";
import type { Registry } from "../registries/registry.ts";
import { newMemoryVaultFolder } from "../store/location.ts";
import type { Store } from "../store/store.ts";

/**
 * Why clients find no login to a registry, as far as the store knows; null where it does not.
 * @param request the login that is wanted now, if any
 */
export async function explainWhyNotServed(
  context: Context,
  store: Store,
  { host }: Registry,
  request: LoginRequest | null,
): Promise<Explanation | null> {
  const failure = store.registrations.find((each) => each.host === host)?.failure;
  if (failure !== undefined) return explain("login-failed", { host, cause: failure.message });
  const found = store.find(host);
  if (found !== null) {
    const secret = await currentSecret(context, store, found);
    return typeof secret === "string" ? null : secret;
  }
  const missing = explainMissingLogin(store, host, context.machine !== null) ?? store.problem;
  return missing ?? (request === null ? null : whyNoMemoryVault(context.memoryFolders));
}

function whyNoMemoryVault(folders: readonly string[]): Explanation | null {
  try {
    newMemoryVaultFolder(folders);
    return null;
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
}
