import { expect, test } from "vitest";
import { killAtCalls, killAtRandom } from "../../support/torture/kill.ts";
import { createRandom } from "../../support/torture/random.ts";

// A part of `npm run torture`, with a seed of its own; each failure says its seed.
const NOTHING_LOST = { losses: [], leaks: [] };

test("an agent that is killed while it edits loses nothing, and the next run finds nothing in its way", async () => {
  const tally = await killAtRandom(30, createRandom(20261124));
  expect(tally).toMatchObject({ ...NOTHING_LOST, attempts: 30 });
  expect(tally.faults).toBeGreaterThan(0);
});

test("nor does one that is killed at a call that changes a file, whichever", async () => {
  const tally = await killAtCalls(30, createRandom(20261124));
  expect(tally).toMatchObject({ ...NOTHING_LOST, attempts: 30 });
  expect(tally.faults).toBeGreaterThan(0);
});
