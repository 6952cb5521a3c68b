import { table } from "../terminal/table.ts";
import { createPen, type Pen, type Terminal } from "../terminal/terminal.ts";
import { VERSION } from "../version.ts";
import { type Command, DEFAULT_COMMAND } from "./command.ts";
import { COMMON_FLAGS, type Flag, spellings } from "./flag.ts";

/** The width for a pipe or a file, whose reader may be a terminal (`| less`). */
const COLUMNS = 80;

/** The help of the whole program. */
export function programHelp(commands: readonly Command[], terminal: Terminal): string {
  const pen = penFor(terminal);
  return join([
    [pen.hang("", `registry-login ${VERSION}: log container clients in to private registries`), "\n"],
    usage(pen, "registry-login [command] [options]"),
    section(
      pen,
      "Commands",
      commands.map((command) => [pen.bold(commandTerm(command)), describe(command)]),
    ),
    section(pen, "Options", COMMON_FLAGS.map(flagRow)),
    section(pen, "Secrets of a registry, for an identifier of your choice such as ACME", [
      ["ACME_CONTAINER_REGISTRY_SERVER", "Its host, such as ghcr.io"],
      ["ACME_CONTAINER_REGISTRY_USER", "The user name"],
      ["ACME_CONTAINER_REGISTRY_PASSWORD", "The password or token"],
    ]),
    [pen.hang("", "Options of a command: registry-login help COMMAND"), "\n"],
  ]);
}

/** The help of one command. */
export function commandHelp(command: Command, terminal: Terminal): string {
  const pen = penFor(terminal);
  const { name, operand, flags, notes } = command;
  const line = ["registry-login", name, "[options]", operand?.usage].filter((part) => part !== undefined).join(" ");
  const own = flags.filter(({ option }) => option === null);
  return join([
    [pen.hang("", describe(command)), "\n"],
    usage(pen, line),
    section(pen, "Arguments", operand === null ? [] : [[operand.usage, operand.description]]),
    section(pen, "Options of the Feature, for this run", flags.filter(({ option }) => option !== null).map(flagRow)),
    section(pen, "Options", [...own, ...COMMON_FLAGS.filter((flag) => flag.name === "help")].map(flagRow)),
    ...Object.entries(notes).map(([title, lines]) => [
      `${pen.bold(`${title}:`)}\n`,
      ...lines.map((text) => `${pen.hang("  ", text)}\n`),
    ]),
  ]);
}

function penFor(terminal: Terminal): Pen {
  return createPen({ ...terminal, columns: terminal.columns ?? COLUMNS });
}

/** Joins blocks of lines with an empty line between them; a block without lines is left out. */
function join(blocks: readonly (readonly string[])[]): string {
  return blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join(""))
    .join("\n");
}

function usage(pen: Pen, line: string): string[] {
  return [pen.hang(`${pen.bold("Usage:")} `, line), "\n"];
}

function section(pen: Pen, title: string, rows: readonly (readonly string[])[]): string[] {
  return rows.length === 0 ? [] : [`${pen.hang("", pen.bold(`${title}:`))}\n`, ...table(rows, pen)];
}

function commandTerm({ name, operand }: Command): string {
  return operand === null ? name : `${name} ${operand.usage}`;
}

function describe({ name, description }: Command): string {
  return name === DEFAULT_COMMAND ? `${description} (default command)` : description;
}

function flagRow(flag: Flag): string[] {
  const forms = [...("short" in flag ? [`-${flag.short}`] : []), ...spellings(flag)].join(", ");
  return [flag.placeholder === null ? forms : `${forms} ${flag.placeholder}`, flag.description];
}
