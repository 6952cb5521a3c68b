import { expect, test } from "vitest";
import { epochSeconds } from "../../../src/platform/epoch.ts";

test.each([
  [0, 0],
  [1_767_323_045, 1_767_323_045],
  [1_767_323_045.9, 1_767_323_045],
  [253_402_300_799, 253_402_300_799],
  [253_402_300_799.5, null],
  [253_402_300_800, null],
  [1e15, null],
  [-0.5, null],
  [-1e20, null],
  [Number.NaN, null],
  [Number.POSITIVE_INFINITY, null],
  ["1767323045", null],
  [null, null],
  [undefined, null],
  [[1_767_323_045], null],
])("%s as a time is %s", (value, seconds) => {
  expect(epochSeconds(value)).toBe(seconds);
  if (seconds !== null) expect(new Date(seconds * 1000).toISOString()).toMatch(/^\d{4}-/);
});
