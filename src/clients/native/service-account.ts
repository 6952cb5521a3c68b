import { type Explanation, explain } from "../../findings/finding.ts";
import { type Environment, variable } from "../../platform/environment.ts";

/** Users of Windows under which services and elevated scheduled tasks run; those of machines end with a dollar sign. */
const SERVICE_USERS = /^(?:system|local service|network service|.*\$)$/i;

/**
 * Why a login in Windows' credential manager is of no use to the person at the machine: each logon session has its own.
 * @returns null elsewhere, and for a person's own session
 * Source: https://learn.microsoft.com/windows/win32/secauthn/credentials-management
 */
export function explainServiceAccount(
  store: string,
  { env, platform }: { readonly env: Environment; readonly platform: NodeJS.Platform },
): Explanation | null {
  const user = variable(env, "USERNAME", platform) ?? "";
  if (platform !== "win32" || store !== "wincred" || !SERVICE_USERS.test(user)) return null;
  return explain("store-of-service", { user, store });
}
