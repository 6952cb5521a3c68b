import * as z from "zod/mini";
import type { HelperContext } from "../../context.ts";
import { secretsFileTime } from "../../discovery/codespaces.ts";
import { UserError } from "../../findings/user-error.ts";
import { parseJson } from "../../platform/json.ts";
import type { Store } from "../../store/store.ts";

const report = z.lazy(() =>
  z.object({
    registries: z.array(z.object({ host: z.nullable(z.string()), code: z.nullable(z.string()), detail: z.string() })),
  }),
);

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
  // Loaded only when secrets have changed.
  const [{ createSend }, { login }, { PLAIN }] = await Promise.all([
    import("../../network/http.ts"),
    import("./login.ts"),
    import("../../terminal/terminal.ts"),
  ]);
  const { close, ...network } = createSend(context.env);
  try {
    const flags = { options: {}, json: true, onlyChanged: true, onlyRotated: true };
    const { stdout } = await login({ ...context, ...network, terminal: PLAIN }, flags);
    const parsed = report.safeParse(parseJson(stdout));
    const found = parsed.data?.registries.find((each) => each.host === host);
    return found === undefined || found.code === null ? null : found.detail;
  } catch (error) {
    // Options that are wrong: the hook reports them, and the saved login is still there.
    if (error instanceof UserError) return null;
    throw error;
  } finally {
    close();
  }
}
