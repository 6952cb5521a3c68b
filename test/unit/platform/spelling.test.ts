import { expect, test } from "vitest";
import { correctSpelling } from "../../../src/platform/spelling.ts";

const KNOWN = ["--root", "--npm", "--json", "--storage", "--identifiers", "status", "plan"];

test.each<[string, string | null]>([
  ["--storge", "--storage"],
  ["--storrage", "--storage"],
  ["--stoarge", "--storage"],
  ["--sotrge", null],
  ["--strg", null],
  ["--identfers", "--identifiers"],
  ["--josn", "--json"],
  ["--jsn", "--json"],
  ["--roto", "--root"],
  ["--foo", null],
  ["--rot", "--root"],
  ["--boot", "--root"],
  ["--bolt", null],
  ["--nmp", "--npm"],
  ["--pxp", null],
  ["stauts", "status"],
  ["stats", "status"],
  ["paln", "plan"],
  ["pain", null],
  ["", null],
  ["status", "status"],
])("%j is corrected to %j", (written, expected) => {
  expect(correctSpelling(written, KNOWN)).toBe(expected);
});

test("there is nothing to correct to without known names", () => {
  expect(correctSpelling("status", [])).toBeNull();
});
