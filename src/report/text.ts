/** What to say where there is no secret at all. */
export const NOTHING_FOUND =
  "no registry secrets here (<ID>_CONTAINER_REGISTRY_SERVER, _USER and _PASSWORD), nothing to do";

/** "1 registry", "2 registries". */
export function count(registries: number): string {
  return registries === 1 ? "1 registry" : `${registries} registries`;
}

/** Lines of aligned columns, indented by two, each with its line break; the last column is as wide as it likes. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0))).join("  ");
  return rows.map((row) => `  ${line(row)}`.trimEnd().concat("\n"));
}
