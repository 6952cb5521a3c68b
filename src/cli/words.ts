import { parseArgs } from "node:util";
import type { Command, Option } from "commander";
import { closest, distance } from "fastest-levenshtein";
import { explain } from "../findings/finding.ts";
import { UserError } from "../findings/user-error.ts";
import { DEFAULT_COMMAND } from "./program.ts";

/** A command line, taken apart: which command it is, and everything else in its order. */
export interface Words {
  readonly command: Command;
  /** Whether the command stands there, and is not only the default. */
  readonly named: boolean;
  readonly rest: readonly string[];
  readonly wantsHelp: boolean;
  readonly wantsVersion: boolean;
}

/**
 * Finds the command, wherever it stands among the options, and checks the names of the options. This is done here and
 * not by commander, since its messages repeat what was written, and people put secrets anywhere: ours only ever name
 * what the program knows, or what is a letter or two away from it.
 * @throws UserError for what the program does not know
 */
export function takeApart(program: Command, args: readonly string[]): Words {
  const { tokens } = parseArgs({
    args: [...args],
    options: Object.fromEntries(optionsOf(program).map((option) => [nameOf(option), parseForm(option)])),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const first = tokens.find((token) => token.kind === "positional");
  const named = findCommand(program, first?.value ?? DEFAULT_COMMAND);
  const options = tokens.filter((token) => token.kind === "option");
  // What stands behind an option that nobody knows may be its value, and no command.
  for (const token of options) if (named === undefined) checkName(program, program.commands, token);
  if (named === undefined) throw unknownCommand(program, first?.value ?? "");
  for (const token of options) {
    checkName(program, [named], token);
    checkValue(program, token);
  }
  const seen = new Set(options.map(({ name }) => name));
  return {
    command: named,
    named: first !== undefined,
    rest: args.filter((_, index) => index !== first?.index),
    wantsHelp: seen.has("help"),
    wantsVersion: seen.has("version"),
  };
}

/** A command by its name, also where it is not the first word; undefined for none. */
export function findCommand(program: Command, name: string): Command | undefined {
  return program.commands.find((command) => command.name() === name);
}

/** @throws UserError that names the command nearest to what was written, if one is near */
export function unknownCommand(program: Command, written: string): UserError {
  const names = program.commands.map((command) => command.name());
  const near = nearest(written, names);
  if (near === null)
    return new UserError(explain("usage", { problem: `there is no such command; there are ${names.join(", ")}` }));
  return new UserError(explain("usage-near", { problem: `there is no command ${JSON.stringify(written)}`, near }));
}

/** The options of these commands, help and version included; one that several have is of the same form in each. */
function optionsOf(program: Command, commands: readonly Command[] = program.commands): Option[] {
  return [...commands.flatMap(({ options }) => options), ...program.options, program.createOption("-h, --help", "")];
}

interface OptionToken {
  readonly name: string;
  readonly index: number;
  readonly value?: string | undefined;
  readonly inlineValue?: boolean | undefined;
}

/** @throws UserError for an option that none of these commands has */
function checkName(program: Command, commands: readonly Command[], { name, index }: OptionToken): void {
  const own = optionsOf(program, commands);
  if (own.some((option) => nameOf(option) === name)) return;
  const flag = `--${name}`;
  const who = commands.length === 1 ? (commands[0]?.name() ?? "") : program.name();
  if (optionsOf(program).some((option) => nameOf(option) === name)) throw usage(`${who} has no option ${flag}`);
  const visible = own.flatMap(({ long, hidden }) => (long && !hidden ? [long] : []));
  const near = nearest(flag, visible);
  if (near === null) throw usage(`word ${index + 1} is no option of ${who}`);
  throw new UserError(explain("usage-near", { problem: `${who} has no option ${flag}`, near }));
}

/** @throws UserError for a value that is missing or one too many */
function checkValue(program: Command, { name, value, inlineValue }: OptionToken): void {
  const option = optionsOf(program).find((each) => nameOf(each) === name);
  if (option?.required !== true) {
    if (value !== undefined) throw usage(`--${name} takes no value`);
  } else if (value === undefined || (inlineValue !== true && value.startsWith("-"))) {
    throw usage(`--${name} needs a value`);
  }
}

function usage(problem: string): UserError {
  return new UserError(explain("usage", { problem }));
}

/** The nearest of the names, if what was written can be meant as it: at most two letters away, and a third of it. */
function nearest(written: string, names: readonly string[]): string | null {
  if (names.length === 0) return null;
  const near = closest(written, [...names]);
  return distance(written, near) <= Math.min(2, Math.ceil(near.replace(/^-+/, "").length / 3)) ? near : null;
}

function nameOf({ long }: Option): string {
  return (long ?? "").replace(/^--/, "");
}

function parseForm({ required, short }: Option): { type: "string" | "boolean"; short?: string } {
  const type = required ? "string" : "boolean";
  return short === undefined ? { type } : { type, short: short.slice(1) };
}
