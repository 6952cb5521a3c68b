import { suspectSet } from "../../discovery/suspicions.ts";
import type { Environment } from "../../platform/environment.ts";
import type { Attempt } from "./attempt.ts";

/**
 * Adds what looks wrong with the secrets to the verdict of a rejected login, as the doctor would. The code stays that of
 * the verdict.
 * @param env the environment, overridden by the secrets file of a codespace
 */
export function explainRejection(attempt: Attempt, env: Environment): Attempt {
  const { request, credential, verdict } = attempt;
  if (credential !== null || verdict.outcome !== "refused" || request.source === "github-token") return attempt;
  const [suspicion] = suspectSet(env, request.identifier);
  if (suspicion === undefined) return attempt;
  const { message, hint } = suspicion.finding;
  return { ...attempt, verdict: { ...verdict, detail: `${verdict.detail}; ${message}`, hint } };
}
