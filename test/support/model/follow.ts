import fc from "fast-check";
import { expectFinalAgreement } from "./agreement.ts";
import { newModel, type Rule, type SetUp } from "./model.ts";
import type { Step } from "./steps.ts";
import { startWorld } from "./world.ts";

/**
 * Follows a sequence in the model and with the real agent; after each step, and once more at its end, they have to agree.
 * @returns the rules that were used
 */
export async function follow(setUp: SetUp, steps: Iterable<Step>): Promise<ReadonlySet<Rule>> {
  const model = newModel(setUp);
  const world = await startWorld(setUp);
  await fc.asyncModelRun(() => ({ model, real: world }), steps);
  await expectFinalAgreement(model, world);
  return model.used;
}
