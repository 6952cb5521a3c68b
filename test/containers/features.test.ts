import { readdirSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { FEATURE_ID, ROOT, readJson } from "../../scripts/project.ts";
import { testFeatures } from "../../scripts/test-features.ts";
import type { Ran } from "../support/shell.ts";

const scenarios = Object.keys(readJson<Record<string, unknown>>(`test/${FEATURE_ID}/scenarios.json`));
let ran: Ran;

beforeAll(async () => {
  ran = await testFeatures();
});

test("`devcontainer features test` passes", () => {
  expect(ran.output.slice(-4000)).not.toContain("Failed:");
  expect(ran.exitCode).toBe(0);
});

test.each([FEATURE_ID, ...scenarios, `${FEATURE_ID} executed twice with randomized options`])("it ran %s", (name) => {
  expect(ran.output).toMatch(new RegExp(`Passed: +'${name}'`));
});

test("there is a scenario for each option, and a script for each scenario", () => {
  const feature = readJson<{ options: Record<string, unknown> }>(`features/${FEATURE_ID}/devcontainer-feature.json`);
  const all = readJson<Record<string, { features: Record<string, Record<string, unknown>> }>>(
    `test/${FEATURE_ID}/scenarios.json`,
  );
  const used = Object.values(all).flatMap(({ features }) => Object.keys(features[FEATURE_ID] ?? {}));
  expect(new Set(used)).toEqual(new Set(Object.keys(feature.options)));
  const scripts = readdirSync(join(ROOT, "test", FEATURE_ID)).filter((file) => file.endsWith(".sh"));
  expect(scripts.sort()).toEqual([...scenarios, "duplicate", "test"].map((name) => `${name}.sh`).sort());
});
