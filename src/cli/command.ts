import type { OfflineContext, Result } from "../context.ts";
import type { RawOptions } from "../discovery/options.ts";
import type { Flag, SwitchName, ValueName } from "./flag.ts";

/** A command, with everything that parsing, help and completion know about it. */
export interface Command {
  readonly name: string;
  /** One line without a period. */
  readonly description: string;
  /** What may follow the command besides flags; null for nothing. */
  readonly operand: Operand | null;
  readonly flags: readonly Flag[];
  /** Flags that are accepted, but neither shown nor completed. */
  readonly hiddenFlags: readonly Flag[];
  /** Below its help: headings, and what stands below each. */
  readonly notes: Readonly<Record<string, readonly string[]>>;
  readonly run: (context: OfflineContext, line: CommandLine) => Promise<Result>;
}

/** An argument that is not a flag. */
export interface Operand {
  /** As a usage line shows it: `[host...]`. */
  readonly usage: string;
  readonly description: string;
  /** Whether there can be more than one. */
  readonly many: boolean;
  /** What completion offers. */
  readonly proposals: readonly string[] | "commands" | "hosts";
  /** What it offers for the first one, where that is different from the others. */
  readonly firstProposals?: readonly string[];
}

/** A parsed command line. */
export interface CommandLine {
  readonly command: Command;
  /** Whether the command was written; otherwise it is the default. */
  readonly isNamed: boolean;
  readonly operands: readonly string[];
  readonly options: RawOptions;
  readonly switches: ReadonlySet<SwitchName>;
  /** The values of flags that are not options of the Feature, in the order in which they were written. */
  readonly values: ReadonlyMap<ValueName, readonly string[]>;
}

/** The command that an empty command line means. */
export const DEFAULT_COMMAND = "login";

/** The command of this name; undefined for none. */
export function findCommand(commands: readonly Command[], name: string): Command | undefined {
  return commands.find((command) => command.name === name);
}
