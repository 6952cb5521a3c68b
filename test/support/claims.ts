import { expect, test } from "vitest";
import { claimedTable, type Row, renderRow, saveRow } from "../../scripts/support.ts";

/**
 * The last test of a describe: if all others of it have passed, NOTES.md has to have these rows in a support table.
 * `npm run docs` writes the rows of the last runs there.
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
