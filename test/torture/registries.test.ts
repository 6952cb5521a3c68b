import { beforeAll, describe, expect, test } from "vitest";
import { allMisbehaviors } from "../support/torture/misbehaviors/all.ts";
import { createRandom } from "../support/torture/random.ts";
import { logInToBrokenRegistries, type RegistriesResult } from "../support/torture/registries.ts";

let asked: RegistriesResult;

// All at once, with less patience than by default; `npm run torture` waits for as long as hooks do.
beforeAll(async () => {
  asked = await logInToBrokenRegistries(6, createRandom(1));
}, 60_000);

describe("the hook reports what happened if a registry", () => {
  test.each(allMisbehaviors())("$name", ({ name }) => {
    expect(asked.troubles[name]).toEqual([]);
  });
});

test("the hook ends within its time limit and exits with 0, and no password leaks", () => {
  expect(asked.tally).toMatchObject({ losses: [], leaks: [] });
});
