import { type Credential, ExchangeError, type Tried } from "../exchange/credential.ts";
import { explain } from "../findings/finding.ts";
import type { UserError } from "../findings/user-error.ts";
import { note, ok, type Step } from "./step.ts";

/**
 * The places where an identity was searched for, in order, and what was found out in each of them.
 * @param result a credential that was made from an identity, or why there is none; null without either
 */
export function identitySteps(result: Credential | UserError | null): Step[] {
  if (result === null) return [];
  if (result instanceof ExchangeError) {
    // The last one may be what the login failed with, which is explained there.
    return result.tried.filter((each) => each.result !== result.message).map(describe);
  }
  return result instanceof Error ? [] : (result.tried ?? []).map(describe);
}

function describe({ source, result }: Tried): Step {
  if (result === null) return ok("secrets", `uses the identity of this source: ${source}`);
  return note("secrets", explain("identity-source", { source, cause: result }));
}
