import { expect, test } from "vitest";
import { killAtCalls, killAtRandom } from "../support/torture/kill.ts";
import { createRandom } from "../support/torture/random.ts";
import { killRenewals } from "../support/torture/renewal.ts";

// A part of `npm run torture`; the seed is in what a failure shows.
const NOTHING_LOST = { losses: [], leaks: [] };
/** Milliseconds, for a machine that does other things at once. */
const LIMIT = 240_000;

test(
  "killed with SIGKILL at 30 random moments while it edits config.json, .npmrc and the vault, it loses nothing",
  async () => {
    expect(await killAtRandom(30, createRandom(20261124))).toMatchObject({ ...NOTHING_LOST, faults: 30 });
  },
  LIMIT,
);

test(
  "killed with SIGKILL at 40 of its calls that change a file, it loses nothing",
  async () => {
    expect(await killAtCalls(40, createRandom(20261124))).toMatchObject({ ...NOTHING_LOST, faults: 40 });
  },
  LIMIT,
);

test(
  "killed with SIGKILL 20 times during a renewal in the background, every client gets a valid token at once",
  async () => {
    expect(await killRenewals(20, createRandom(20261124))).toMatchObject({ ...NOTHING_LOST, faults: 20 });
  },
  LIMIT,
);
