import { describe, expect, test } from "vitest";
import { checkShape, checkWithCli } from "../../../support/init-checks.ts";
import { layOut, type Shape } from "../../../support/init-shapes.ts";
import { readVectors } from "../../../support/vectors.ts";
import { OWN_SHAPES } from "./own-shapes.ts";

const { rows } = readVectors<{ rows: readonly Shape[] }>("init-shapes");

describe("a repository of our own", () => {
  test.each(OWN_SHAPES)("$id: $title", checkShape);
});

describe("a repository as there are in the wild", () => {
  test.each(rows)("$id: $title", checkShape);
});

/** One for each way in which a file is edited: a run of the CLI takes as long as all others together. */
const EDITS = "003 007 008 015 023 030 040 055 056 060 062 069 085 108".split(" ");

test("the dev container CLI reads the old configuration and ours from each kind of edit", async () => {
  await Promise.all(rows.filter(({ id }) => EDITS.includes(id)).map(checkWithCli));
});

test("no secret that is written in a file is printed, in words, in the difference and in JSON", async () => {
  for (const row of [...rows, ...OWN_SHAPES]) {
    const { run } = layOut(row.files);
    for (const flags of [["--dry-run"], ["--json"]]) {
      const { text } = await run([...row.run, ...flags]);
      expect(text).not.toMatch(/not-a-real/);
    }
  }
});
