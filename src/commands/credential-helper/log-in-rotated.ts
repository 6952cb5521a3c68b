import * as z from "zod/mini";
import type { HelperContext } from "../../context.ts";
import { secretsFileTime } from "../../discovery/codespaces.ts";
import { parseJson } from "../../platform/json.ts";
import type { Store } from "../../store/store.ts";

const report = z.lazy(() =>
  z.object({
    registries: z.array(z.object({ host: z.nullable(z.string()), code: z.nullable(z.string()), detail: z.string() })),
  }),
);

/** The login for what has changed in the secrets file, with its report as JSON. */
const ROTATED_LOGIN = ["login", "--if-changed", "--rotated", "--json"];

/** Is the secrets file of this codespace newer than what the saved logins were made from? */
export function areSecretsRotated(context: HelperContext, store: Store): boolean {
  const writtenAt = secretsFileTime(context);
  return writtenAt !== null && store.hasNewerSecrets(writtenAt);
}

/**
 * Logs in with the changed secrets of a codespace, as the hook would, while a client waits for one of them.
 * @returns what is wrong with the new secrets of this host; null where nothing is
 */
export async function logInRotated(context: HelperContext, host: string): Promise<string | null> {
  const parsed = report.safeParse(parseJson(await context.runSelf(ROTATED_LOGIN)));
  const found = parsed.data?.registries.find((each) => each.host === host);
  return found === undefined || found.code === null ? null : found.detail;
}
