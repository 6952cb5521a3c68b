import type { Argument, Command, Option } from "commander";
import { DEFAULT_COMMAND, valuesOf } from "./program.ts";
import { SHELLS } from "./shells.ts";
import { findCommand } from "./words.ts";

/** What a word may become: the whole word, and what it is. */
export interface Candidate {
  readonly value: string;
  readonly description: string;
}

/**
 * What the last word of a command line may become.
 * @param words those behind the program's name; the last is unfinished, and may be empty
 * @param hosts the hosts that there are logins to
 */
export function complete(program: Command, words: readonly string[], hosts: () => readonly string[]): Candidate[] {
  const current = words.at(-1) ?? "";
  const before = words.slice(0, -1);
  const { command, operands } = read(program, before);
  const asked = command ?? findCommand(program, DEFAULT_COMMAND);
  const options = asked?.options.filter(({ hidden }) => !hidden) ?? [];
  const [, flag = "", start] = /^(--[^=]+)=(.*)$/s.exec(current) ?? [];
  const awaited = options.find(
    (option) => option.required && option.long === (start === undefined ? before.at(-1) : flag),
  );

  if (awaited !== undefined) {
    const prefix = start === undefined ? "" : `${flag}=`;
    return matching(
      current,
      valuesOf(awaited).map((value) => ({ value: prefix + value, description: "" })),
    );
  }
  if (current.startsWith("-")) return matching(current, flags(program, command, options, before));
  if (command === undefined) return matching(current, commandCandidates(program));
  return matching(current, wordCandidates(program, command, operands, hosts));
}

/** The command and its words so far; the value of an option is neither. */
function read(program: Command, words: readonly string[]): { command: Command | undefined; operands: string[] } {
  let command: Command | undefined;
  const operands: string[] = [];
  const options = program.commands.flatMap((each) => each.options);
  for (const [index, word] of words.entries()) {
    const previous = words[index - 1];
    if (word.startsWith("-") || options.some(({ long, required }) => required && long === previous)) continue;
    if (command === undefined) command = findCommand(program, word);
    else operands.push(word);
  }
  return { command, operands };
}

function flags(
  program: Command,
  command: Command | undefined,
  options: readonly Option[],
  before: readonly string[],
): Candidate[] {
  const common = command === undefined ? [...program.options] : [];
  const help = { value: "--help", description: "show the help" };
  return [...options, ...common]
    .map(({ long, description }) => ({ value: long ?? "", description }))
    .concat(help)
    .filter(({ value }) => !before.includes(value));
}

function commandCandidates(program: Command): Candidate[] {
  return program.commands.map((command) => ({ value: command.name(), description: command.description() }));
}

function wordCandidates(
  program: Command,
  command: Command,
  operands: readonly string[],
  hosts: () => readonly string[],
): Candidate[] {
  const argument: Argument | undefined = command.registeredArguments[0];
  if (argument === undefined || (operands.length > 0 && !argument.variadic)) return [];
  if (command.name() === "help") return commandCandidates(program);
  const values: readonly string[] = command.name() === "completion" ? SHELLS : hosts();
  return values.filter((value) => !operands.includes(value)).map((value) => ({ value, description: "" }));
}

function matching(current: string, candidates: readonly Candidate[]): Candidate[] {
  return candidates.filter(({ value }) => value.startsWith(current));
}
