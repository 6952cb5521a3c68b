import { createPen, type Pen, PLAIN, visibleLength } from "./terminal.ts";

/** "1 registry", "2 registries". */
export function count(registries: number): string {
  return registries === 1 ? "1 registry" : `${registries} registries`;
}

/**
 * Lines of aligned columns, indented by two, each with its line break; the last column is as wide as it likes, and is
 * wrapped where the pen's terminal wraps. Cells may hold colours.
 */
export function table(rows: readonly (readonly string[])[], pen: Pen = createPen(PLAIN)): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => visibleLength(row[column] ?? ""))));
  return rows.map((row) => {
    const cells = row.slice(0, -1).map((cell, column) => pad(cell, widths[column] ?? 0));
    return pen
      .hang(`  ${cells.map((cell) => `${cell}  `).join("")}`, row.at(-1) ?? "")
      .trimEnd()
      .concat("\n");
  });
}

function pad(cell: string, width: number): string {
  return cell + " ".repeat(Math.max(width - visibleLength(cell), 0));
}
