import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../../scripts/project.ts";

/** The titles of a file's tests, as vitest has them: the first argument of test, describe, or of what their `each` returns. */
export function testTitles(file: string): string[] {
  const text = readFileSync(join(ROOT, file), "utf8");
  return [...text.matchAll(/(?:test|describe|\))\(\s*"((?:[^"\\]|\\.)+)"/g)].map(([, title = ""]) => title);
}
