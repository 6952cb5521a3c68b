import { expect, test } from "vitest";
import { breakOnce } from "../support/torture/break.ts";
import { allFaults } from "../support/torture/faults/all.ts";
import { createRandom } from "../support/torture/random.ts";

// Once each; `npm run torture` does so between other states of the home. The seed is in what a failure shows.
test.each(allFaults().map((fault) => ({ name: fault.name, fault })))("$name", async ({ fault }) => {
  const tally = await breakOnce(fault, createRandom(20261124));
  expect(tally).toMatchObject({ attempts: 1, losses: [], leaks: [] });
});
