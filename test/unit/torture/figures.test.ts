import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "../../../scripts/project.ts";

test("the README's figures of npm run torture: 1,000 kills and more, no loss, no leak", () => {
  const readme = readFileSync(join(ROOT, "README.md"), "utf8");
  const figures = /<!-- torture -->\n(.*?)<!-- \/torture -->/s.exec(readme)?.[1] ?? "";
  const rows = [...figures.matchAll(/^\| (.+?) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \|$/gm)];
  expect(figures).toMatch(/^\nOn 20\d\d-\d\d-\d\d, /);
  expect(rows.length).toBeGreaterThanOrEqual(7);
  const kills = rows.find(([, what]) => what === "SIGKILL at random moments");
  expect(Number(kills?.[3])).toBeGreaterThanOrEqual(1000);
  for (const [, what, , , losses, leaks] of rows)
    expect({ what, losses, leaks }).toEqual({ what, losses: "0", leaks: "0" });
});
