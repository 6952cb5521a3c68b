import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ROOT } from "../../scripts/project.ts";
import { testTitles } from "../support/test-titles.ts";

const text = readFileSync(join(ROOT, "SECURITY.md"), "utf8");
const CITATION = /^- `(test\/[\w./-]+\.test\.ts)`: "(.+)"$/gm;
const citations = [...text.matchAll(CITATION)].map(([, file = "", name = ""]) => ({ file, name }));

describe("SECURITY.md", () => {
  test.each(citations)("cites a test that exists: $file $name", ({ file, name }) => {
    expect(existsSync(join(ROOT, file))).toBe(true);
    expect(testTitles(file)).toContain(name);
  });

  test("names a test for each claim, and nowhere in another form", () => {
    const protectedPart = text.split(/^## /m).find((part) => part.startsWith("What is protected")) ?? "";
    const claims = protectedPart.split(/^\*\*/m).slice(1);
    expect(claims.length).toBeGreaterThan(6);
    expect(claims.filter((claim) => !/^- `test\//m.test(claim))).toEqual([]);
    expect(text.match(/\.test\.ts/g)).toHaveLength(citations.length);
  });
});
