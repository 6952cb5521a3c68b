import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { expect, test } from "vitest";
import { BUNDLE, HOST_ENTRIES } from "../../scripts/build.ts";
import { librariesOf } from "../../scripts/libraries.ts";
import { ROOT, readJson } from "../../scripts/project.ts";
import { testTitles } from "../support/test-titles.ts";

const text = readFileSync(join(ROOT, "docs/platform/trust.md"), "utf8");

const CITATION = /^- `(test\/[\w./-]+\.test\.ts)`: "(.+)"$/gm;
const citations = [...text.matchAll(CITATION)].map(([, file = "", name = ""]) => ({ file, name }));

test.each(citations)("the trust page cites a test that exists: $file $name", ({ file, name }) => {
  expect(existsSync(join(ROOT, file))).toBe(true);
  expect(testTitles(file)).toContain(name);
});

test("each statement of the trust page names its tests", () => {
  const [, ...parts] = text.split(/^## /m);
  const statements = parts.slice(0, 4).flatMap((part) => part.split(/^\*\*/m).slice(1));
  expect(statements.length).toBeGreaterThan(12);
  expect(statements.filter((statement) => !/^- `test\//m.test(statement))).toEqual([]);
  expect(text.match(/\.test\.ts/g)).toHaveLength(citations.length);
});

test("the table of libraries is that of package.json", () => {
  const listed = [...text.matchAll(/^\| `([^`]+)` +\|/gm)].map(([, name = ""]) => name);
  expect(listed).toEqual(Object.keys(readJson<{ dependencies: object }>("package.json").dependencies));
});

test("each library of the bundle has a license that lets everybody use and bundle it", async () => {
  const entryPoints = { ...BUNDLE.entryPoints, ...HOST_ENTRIES };
  const { metafile } = await build({ ...BUNDLE, entryPoints, write: false, outdir: join(ROOT, "build/agent") });
  const libraries = librariesOf(metafile);
  expect(libraries.length).toBeGreaterThan(10);
  const free = new Set(["MIT", "Apache-2.0", "ISC", "0BSD", "BSD-2-Clause", "BSD-3-Clause"]);
  expect(libraries.filter(({ license }) => !free.has(license))).toEqual([]);
});
