import { expect, test } from "vitest";
import { crowd } from "../support/torture/crowd.ts";
import { createRandom } from "../support/torture/random.ts";

// test/containers/crowd.test.ts runs 50 of them next to docker's own loops.
test("15 agents at the same time as another program that writes config.json lose nothing, and every file parses", async () => {
  const tally = await crowd(15, createRandom(20261124));
  expect(tally).toMatchObject({ attempts: 15, losses: [], leaks: [] });
}, 120_000);
