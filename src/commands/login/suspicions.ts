import { suspectSet } from "../../discovery/suspicions.ts";
import type { Environment } from "../../platform/environment.ts";
import type { Attempt } from "./attempt.ts";

/**
 * Adds what looks wrong with the secrets to the verdict of a login that was rejected or could not be checked. The code stays
 * that of the verdict.
 * @param env the environment, overridden by the secrets file of a codespace
 */
export function explainSuspicion(attempt: Attempt, env: Environment): Attempt {
  const { request, verified, verdict } = attempt;
  const isDoubtful = verdict.outcome === "refused" || (verdict.outcome === "unreachable" && !verified);
  if (!isDoubtful || request.source === "github-token") return attempt;
  const [suspicion] = suspectSet(env, request.identifier);
  if (suspicion === undefined) return attempt;
  const { message, hint } = suspicion.finding;
  const hints = verdict.outcome === "refused" || verdict.hint === "" ? hint : `${verdict.hint}; ${hint}`;
  return { ...attempt, verdict: { ...verdict, detail: `${verdict.detail}; ${message}`, hint: hints } };
}
