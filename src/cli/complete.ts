import { type Command, DEFAULT_COMMAND, findCommand } from "./command.ts";
import { COMMON_FLAGS, type Flag, hasValue, spellings } from "./flag.ts";

/** What a word may become: the whole word, and what it is; or one of {@link BY_SHELL}. */
export interface Candidate {
  readonly value: string;
  readonly description: string;
}

/** Stands for every file, or every folder, that the shell itself completes the word to. No candidate starts with a colon. */
const BY_SHELL = { files: ":files", folders: ":folders" } as const;

/**
 * What the last word of a command line may become.
 * @param words those behind the program's name; the last is unfinished, and may be empty
 * @param hosts the hosts that are logged in
 */
export function complete(
  commands: readonly Command[],
  words: readonly string[],
  hosts: () => readonly string[],
): Candidate[] {
  const current = words.at(-1) ?? "";
  const before = words.slice(0, -1);
  const { command, operands } = commandAndOperands(commands, before);
  const flags = (command ?? findCommand(commands, DEFAULT_COMMAND))?.flags ?? [];
  const [, attachedTo, attached = ""] = /^(--[^=]+)=(.*)$/s.exec(current) ?? [];
  const awaiting = flags.find((flag) => hasValue(flag) && spellings(flag).includes(attachedTo ?? before.at(-1) ?? ""));

  if (awaiting !== undefined) {
    const value = attachedTo === undefined ? current : attached;
    const prefix = attachedTo === undefined ? "" : `${attachedTo}=`;
    if (awaiting.option === null) {
      const { proposals = null } = "proposals" in awaiting ? awaiting : {};
      return proposals === null ? [] : plain([BY_SHELL[proposals]]);
    }
    const choices = awaiting.choices.filter((choice) => choice.startsWith(value));
    return plain(choices.map((choice) => prefix + choice));
  }
  if (current.startsWith("-")) {
    const common = command === undefined ? COMMON_FLAGS : COMMON_FLAGS.filter(({ name }) => name === "help");
    const unused = flagCandidates([...flags, ...common]).filter(({ value }) => !before.includes(value));
    return startingWith(current, unused);
  }
  return startingWith(
    current,
    command === undefined ? commandCandidates(commands) : operandCandidates(command, operands, commands, hosts),
  );
}

/** The command and its operands so far; a flag's value is neither. */
function commandAndOperands(
  commands: readonly Command[],
  words: readonly string[],
): { command: Command | undefined; operands: string[] } {
  const withValue = new Set(commands.flatMap(({ flags }) => flags.filter(hasValue).flatMap(spellings)));
  const [name, ...operands] = words.filter(
    (word, index) => !word.startsWith("-") && !withValue.has(words[index - 1] ?? ""),
  );
  return { command: findCommand(commands, name ?? ""), operands };
}

function flagCandidates(flags: readonly Flag[]): Candidate[] {
  return flags.flatMap((flag) => {
    const [positive = "", negative] = spellings(flag);
    const candidates = [{ value: positive, description: flag.description }];
    return negative === undefined
      ? candidates
      : [...candidates, { value: negative, description: `Turn off ${positive}` }];
  });
}

function commandCandidates(commands: readonly Command[]): Candidate[] {
  return commands.map(({ name, description }) => ({ value: name, description }));
}

function operandCandidates(
  { operand }: Command,
  operands: readonly string[],
  commands: readonly Command[],
  hosts: () => readonly string[],
): Candidate[] {
  if (operand === null || (operands.length > 0 && !operand.many)) return [];
  if (operand.firstProposals !== undefined && operands.length === 0) return plain(operand.firstProposals);
  if (operand.proposals === "commands") return commandCandidates(commands);
  const values = operand.proposals === "hosts" ? hosts() : operand.proposals;
  return plain(values.filter((value) => !operands.includes(value)));
}

function plain(values: readonly string[]): Candidate[] {
  return values.map((value) => ({ value, description: "" }));
}

function startingWith(start: string, candidates: readonly Candidate[]): Candidate[] {
  return candidates.filter(({ value }) => value.startsWith(start));
}
