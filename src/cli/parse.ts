import { parseArgs } from "node:util";
import type { OptionName } from "../discovery/options.ts";
import type { UserError } from "../findings/user-error.ts";
import { correctSpelling } from "../platform/spelling.ts";
import { type Command, type CommandLine, DEFAULT_COMMAND, findCommand } from "./command.ts";
import { COMMON_FLAGS, type Flag, hasValue, spellings, type ValueName } from "./flag.ts";
import { usageError } from "./usage-error.ts";

const PROGRAM = "registry-login";

/**
 * Parses a command line. The command and the flags may stand in any order.
 * @throws UserError for what no command, or not this one, accepts; the message repeats nothing that could be a secret
 */
export function parseCommandLine(commands: readonly Command[], args: readonly string[]): CommandLine {
  const known = bySpelling([...commands.flatMap(flagsOf), ...COMMON_FLAGS]);
  const { written, words } = tokenize(known, args);
  const [name, ...operands] = words;
  const command = findCommand(commands, name ?? DEFAULT_COMMAND);
  if (command === undefined) {
    // What follows an unknown flag may be its value, and not a command: the flag is the first to blame.
    const any = bySpelling([...commands.flatMap(({ flags }) => flags), ...COMMON_FLAGS]);
    for (const token of written) if (!known.has(token.spelling)) throw unknownFlag(PROGRAM, any, token);
    throw unknownCommand(commands, name ?? "");
  }
  const own = bySpelling([...flagsOf(command), ...COMMON_FLAGS]);
  for (const token of written) {
    if (own.has(token.spelling)) checkValue(own, token);
    else if (known.has(token.spelling)) throw usageError(`${command.name} has no option ${token.spelling}`);
    else throw unknownFlag(command.name, bySpelling([...command.flags, ...COMMON_FLAGS]), token);
  }
  const switches = new Set(
    written.flatMap(({ spelling }) => {
      const flag = own.get(spelling);
      return flag?.option === null && flag.placeholder === null ? flag.name : [];
    }),
  );
  if (!switches.has("help") && !switches.has("version")) checkCount(command, operands);
  const [options, values] = [optionTexts(own, written), valueTexts(own, written)];
  return { command, isNamed: name !== undefined, operands, options, switches, values };
}

/** @returns an error that names the command that was probably meant, or all commands */
export function unknownCommand(commands: readonly Command[], written: string): UserError {
  const names = commands.map(({ name }) => name);
  const near = correctSpelling(written, names);
  if (near === null) return usageError(`unknown command; the commands are ${names.join(", ")}`);
  return usageError(`there is no command ${JSON.stringify(written)}`, near);
}

/** A flag as it was written. */
interface Written {
  /** With its dashes; a short form that is known is here in its long form. */
  readonly spelling: string;
  /** Which argument it is, from 1 on. */
  readonly number: number;
  readonly value: string | undefined;
  /** Whether the value was attached with an equals sign. */
  readonly isAttached: boolean;
}

/** Splits a command line into flags and other words, each in their order. */
function tokenize(flags: ReadonlyMap<string, Flag>, args: readonly string[]): { written: Written[]; words: string[] } {
  const options = [...flags].map(([spelling, flag]) => {
    const type = hasValue(flag) ? ("string" as const) : ("boolean" as const);
    const short = "short" in flag && flag.short !== undefined ? { short: flag.short } : {};
    return [spelling.slice(2), { type, ...short }] as const;
  });
  const config = { args: [...args], options: Object.fromEntries(options), allowPositionals: true };
  // Not strict: its own messages repeat what was written.
  const { tokens } = parseArgs({ ...config, strict: false, tokens: true });
  const written = tokens.flatMap((token): Written[] => {
    if (token.kind !== "option") return [];
    const { name, rawName, index, value, inlineValue } = token;
    const spelling = flags.has(`--${name}`) ? `--${name}` : rawName;
    return [{ spelling, number: index + 1, value, isAttached: inlineValue === true }];
  });
  return { written, words: tokens.flatMap((token) => (token.kind === "positional" ? token.value : [])) };
}

function flagsOf({ flags, hiddenFlags }: Command): Flag[] {
  return [...flags, ...hiddenFlags];
}

function bySpelling(flags: readonly Flag[]): Map<string, Flag> {
  return new Map(flags.flatMap((flag) => spellings(flag).map((spelling) => [spelling, flag])));
}

/** @param owner whose flags `own` are: a command, or the program for those of all commands */
function unknownFlag(owner: string, own: ReadonlyMap<string, Flag>, { spelling, number }: Written): UserError {
  const near = correctSpelling(spelling, [...own.keys()]);
  if (near === null) return usageError(`argument ${number} is not an option of ${owner}`);
  return usageError(`${owner} has no option ${spelling}`, near);
}

/** @throws UserError for a value that is missing, or that the flag does not have */
function checkValue(own: ReadonlyMap<string, Flag>, { spelling, value, isAttached }: Written): void {
  const flag = own.get(spelling);
  if (flag === undefined || !hasValue(flag)) {
    if (value !== undefined) throw usageError(`${spelling} takes no value`);
  } else if (value === undefined || (!isAttached && /^-./.test(value)) || (flag.option === null && value === "")) {
    throw usageError(`${spelling} needs a value`);
  }
}

/** @throws UserError for more operands than the command has */
function checkCount({ name, operand }: Command, operands: readonly string[]): void {
  if (operand === null && operands.length > 0) throw usageError(`${name} accepts no arguments`);
  if (operand?.many === false && operands.length > 1) throw usageError(`${name} accepts only one argument`);
}

/** The last value of an option counts; but `--no-NAME` counts wherever it stands. */
function optionTexts(own: ReadonlyMap<string, Flag>, written: readonly Written[]): CommandLine["options"] {
  const texts: Partial<Record<OptionName, string>> = {};
  for (const { spelling, value } of written) {
    const flag = own.get(spelling);
    if (flag === undefined || flag.option === null) continue;
    if (hasValue(flag)) texts[flag.option] = value ?? "";
    else if (spelling.startsWith("--no-")) texts[flag.option] = "false";
    else texts[flag.option] ??= "true";
  }
  return texts;
}

function valueTexts(own: ReadonlyMap<string, Flag>, written: readonly Written[]): CommandLine["values"] {
  const texts = new Map<ValueName, string[]>();
  for (const { spelling, value = "" } of written) {
    const flag = own.get(spelling);
    if (flag === undefined || flag.option !== null || flag.placeholder === null) continue;
    texts.set(flag.name, [...(texts.get(flag.name) ?? []), value]);
  }
  return texts;
}
