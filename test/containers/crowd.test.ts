import { expect, test } from "vitest";
import { crowdWithDocker } from "../support/torture/crowd.ts";
import { createRandom } from "../support/torture/random.ts";

test("50 agents and 10 loops of docker login and logout at the same time lose nothing, and every file parses", async () => {
  const tally = await crowdWithDocker(50, 10, createRandom(20261124));
  expect(tally).toMatchObject({ losses: [], leaks: [] });
  // Agents and docker together; that each loop turned is a matter of the tally's.
  expect(tally.attempts).toBeGreaterThan(50 + 10);
});
