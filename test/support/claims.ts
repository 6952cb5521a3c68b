import { expect, test } from "vitest";
import { claimedTable, type Row, renderRow, saveRow } from "../../scripts/support.ts";

/**
 * The last test of a describe: once all others of it have passed, they prove these rows of a support table of NOTES.md,
 * which has to hold them. `npm run docs` writes there what the last runs proved.
 */
export function claims(table: string, ...rows: readonly Row[]): void {
  test("NOTES.md claims it, since it ran (npm run docs)", ({ task }) => {
    const others = (task.suite?.tasks ?? []).filter((each) => each !== task);
    expect(others.filter(({ result }) => result?.state !== "pass").map(({ name }) => name)).toEqual([]);
    expect(others).not.toEqual([]);
    for (const row of rows) saveRow(table, row);
    const claimed = claimedTable(table);
    for (const row of rows) expect(claimed).toContain(renderRow(row));
  });
}
