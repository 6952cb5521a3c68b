import type { InputNote } from "../../discovery/inputs.ts";
import { suspectSet } from "../../discovery/suspicions.ts";
import type { Environment } from "../../platform/environment.ts";
import type { Attempt } from "./attempt.ts";

/**
 * Adds what looks wrong with the secrets to the verdict of a login that was rejected or could not be checked. The code stays
 * that of the verdict.
 * @param env the environment, overridden by the secrets file of a codespace
 * @param inputs what is wrong with the files that variables come from
 */
export function explainSuspicion(attempt: Attempt, env: Environment, inputs: readonly InputNote[]): Attempt {
  const { request, verified, verdict } = attempt;
  const isDoubtful = verdict.outcome === "refused" || (verdict.outcome === "unreachable" && !verified);
  // Nobody typed what a codespace, a workflow or a job sets.
  if (!isDoubtful || request.source === "github-token" || request.source === "gitlab") return attempt;
  const isOwn = ({ variable = "" }: InputNote): boolean =>
    ["USER", "PASSWORD"].some((part) => variable === `${request.identifier}_CONTAINER_REGISTRY_${part}`);
  const [suspicion] = [...inputs.filter(isOwn), ...suspectSet(env, request.identifier)];
  if (suspicion === undefined) return attempt;
  const { message, hint } = suspicion.finding;
  const hints = verdict.outcome === "refused" || verdict.hint === "" ? hint : `${verdict.hint}; ${hint}`;
  return { ...attempt, verdict: { ...verdict, detail: `${verdict.detail}; ${message}`, hint: hints } };
}
