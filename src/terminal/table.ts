import { createPen, type Pen, PLAIN, visibleLength } from "./terminal.ts";

/** "1 registry", "2 registries". */
export function count(registries: number): string {
  return registries === 1 ? "1 registry" : `${registries} registries`;
}

/** "1 of 1 registries": plural after "of", whatever the numbers are. */
export function share(some: number, all: number): string {
  return `${some} of ${all} registries`;
}

/**
 * Lines of aligned columns, indented by two, each with its line break. The last column has no width of its own, and is
 * wrapped if the pen's terminal wraps. Cells may contain colors.
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
