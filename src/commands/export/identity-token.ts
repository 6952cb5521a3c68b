import { explain } from "../../findings/finding.ts";
import { UserError } from "../../findings/user-error.ts";
import type { ExportedLogin } from "./exported-login.ts";
import type { Format } from "./formats.ts";

/** @throws UserError for a login that only clients with a field for identity tokens can use */
export function rejectIdentityTokens(logins: readonly ExportedLogin[], format: Format): void {
  const found = logins.find(({ isIdentityToken }) => isIdentityToken);
  if (found === undefined) return;
  throw new UserError(explain("export-identity-token", { host: found.registry.host, format }));
}
