import * as z from "zod/mini";
import type { OfflineContext } from "../../context.ts";
import { cause } from "../../findings/cause.ts";
import { type Explanation, explain } from "../../findings/finding.ts";
import { UserError } from "../../findings/user-error.ts";
import { parseJson } from "../../platform/json.ts";
import { printable } from "../../printable.ts";
import { runAsRoot } from "../login/as-root.ts";

/** How long root's logout may take, in milliseconds; sudo may ask a directory service. */
const LIMIT_MS = 20_000;

const report = z.object({ failure: z.nullable(z.object({ message: z.string() })) });

/**
 * Logs root out of these hosts too, the way in which its login was made. No secret is needed for it.
 * @returns why root is still logged in; null where it is not
 */
export async function logRootOut(context: OfflineContext, hosts: readonly string[]): Promise<Explanation | null> {
  const why = await causeOfFailure(context, hosts);
  return why === null ? null : explain("root-still-logged-in", { host: hosts.join(" "), cause: why });
}

async function causeOfFailure(context: OfflineContext, hosts: readonly string[]): Promise<string | null> {
  try {
    // An empty environment: with a HOME of the user, root would log the user out once more.
    const output = await runAsRoot(context, ["logout", "--json", ...hosts], {}, () => LIMIT_MS);
    if (output === "refused") return cause("root-refused");
    const answer = report.safeParse(parseJson(output ?? ""));
    if (!answer.success) return cause("root-logout-unfinished");
    return answer.data.failure === null ? null : printable(answer.data.failure.message);
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
}
