import { describe, expect, test } from "vitest";
import { attack } from "../support/torture/attack/attack.ts";
import { OPENINGS } from "../support/torture/attack/openings.ts";
import { createRandom } from "../support/torture/random.ts";

/** Milliseconds, for a machine that does other things at once. */
const LIMIT = 240_000;

// Once by each way; `npm run torture` attacks a thousand times. Only root can be two users.
describe.runIf(process.getuid?.() === 0)("another user", () => {
  test(
    "exchanges every path of ours while logins and clients run: nothing leaks, is written elsewhere or hangs",
    async () => {
      const rounds = OPENINGS.length;
      expect(await attack(rounds, createRandom(20261126))).toMatchObject({ losses: [], leaks: [], attempts: rounds });
    },
    LIMIT,
  );
});
