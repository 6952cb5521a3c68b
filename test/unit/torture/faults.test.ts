import { expect, test } from "vitest";
import { breakFiles } from "../../support/torture/break.ts";
import { createRandom } from "../../support/torture/random.ts";

test("files that are broken, full, locked up or in the wrong place are told, and lose nothing", async () => {
  expect(await breakFiles(1, createRandom(20261124))).toMatchObject({ losses: [], leaks: [] });
}, 240_000);
