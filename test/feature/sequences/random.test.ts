import fc from "fast-check";
import { test } from "vitest";
import { follow } from "../../support/model/follow.ts";
import type { SetUp } from "../../support/model/model.ts";
import { anyStart, anyStep } from "../../support/model/sequences.ts";

/** Always the same sequences, so that a failure can be reproduced. */
const SEEDS = [11, 12, 13, 14];
/** For a longer run: SEQUENCES=400 npm run test:feature -- test/feature/sequences */
const SEQUENCES = Number(process.env.SEQUENCES ?? 48);
const MINUTES = 60_000;

const setUp: fc.Arbitrary<SetUp> = fc.record(
  { storage: fc.constantFrom("memory", "disk"), codespace: fc.boolean() },
  { noNullPrototype: true },
);
// Without a bias, which would prefer sequences of few steps.
const steps = fc.noBias(fc.commands(anyStep, { maxCommands: 12, size: "max" }));

test.each(SEEDS)(
  "no accepted login is lost, no rejected one is served, and everybody says the same, in random sequences of seed %i",
  async (seed) => {
    const property = fc.asyncProperty(setUp, anyStart, steps, async (given, start, sequence) => {
      await follow(given, [...start, ...sequence]);
    });
    await fc.assert(property, { seed, numRuns: Math.ceil(SEQUENCES / SEEDS.length) });
  },
  Math.max(5, SEQUENCES / 10) * MINUTES,
);
