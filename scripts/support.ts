import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { FEATURE_FOLDER, ROOT } from "./project.ts";

// The tables of NOTES.md that say what the Feature works with. A test that saw it work records a row; the rows of a run
// are a file in build/support; `npm run docs` writes them into NOTES.md, and the tests that recorded them compare.
// In NOTES.md a table stands between <!-- ran: NAME --> and <!-- /ran -->.

/** A row of a support table: its cells by the names of their columns, which every row of a table has in one order. */
export type Row = Readonly<Record<string, string>>;

const FOLDER = join(ROOT, "build/support");
const NOTES = join(FEATURE_FOLDER, "NOTES.md");

/** Keeps what a run proved, instead of what the last one did. */
export function saveRows(table: string, rows: readonly Row[]): void {
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(join(FOLDER, `${table}.json`), `${JSON.stringify(rows, null, 2)}\n`);
}

/** Adds a row, instead of one with the same first cell. */
export function saveRow(table: string, row: Row): void {
  const [first] = Object.values(row);
  const others = (savedRows().get(table) ?? []).filter((each) => Object.values(each)[0] !== first);
  saveRows(
    table,
    [...others, row].sort((a, b) => (String(Object.values(a)[0]) < String(Object.values(b)[0]) ? -1 : 1)),
  );
}

/** The rows of the last runs, by the names of their tables. */
export function savedRows(): Map<string, Row[]> {
  const files = existsSync(FOLDER) ? readdirSync(FOLDER) : [];
  return new Map(
    files.map((file) => [file.replace(/\.json$/, ""), JSON.parse(readFileSync(join(FOLDER, file), "utf8")) as Row[]]),
  );
}

export function renderRows(rows: readonly Row[]): string {
  const columns = Object.keys(rows[0] ?? {});
  return [renderCells(columns), renderCells(columns.map(() => "---")), ...rows.map(renderRow)].join("\n");
}

export function renderRow(row: Row): string {
  return renderCells(Object.values(row));
}

function renderCells(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

/** What NOTES.md claims in a table: its Markdown, empty before the first run on such a machine. */
export function claimedTable(table: string): string {
  const found = place(table).exec(readFileSync(NOTES, "utf8"))?.[2];
  if (found === undefined) throw new Error(`NOTES.md has no place for the table "${table}"`);
  return found.trim();
}

/** Writes the saved rows into their tables in NOTES.md. */
export function writeTables(): void {
  let notes = readFileSync(NOTES, "utf8");
  for (const [table, rows] of savedRows()) notes = notes.replace(place(table), `$1\n${renderRows(rows)}\n\n$3`);
  writeFileSync(NOTES, notes);
}

function place(table: string): RegExp {
  return new RegExp(`(<!-- ran: ${table} -->\\n)(.*?)(<!-- /ran -->)`, "s");
}
