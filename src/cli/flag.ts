import { AGENT_OPTIONS, flagName, type OptionCommand, type OptionName } from "../discovery/options.ts";

interface FlagBase {
  /** Without dashes. */
  readonly name: string;
  /** One line without a period. */
  readonly description: string;
}

/** Sets an option of the Feature. */
export interface OptionFlag extends FlagBase {
  readonly option: OptionName;
  /** What stands for its value in help texts; null where `--NAME` and `--no-NAME` set it instead of a value. */
  readonly placeholder: string | null;
  /** Values that completion offers. */
  readonly choices: readonly string[];
}

/** A flag of the command line alone, which has no value. */
export interface Switch extends FlagBase {
  readonly option: null;
  readonly name: SwitchName;
  /** One letter that stands for it, with one dash. */
  readonly short?: string;
}

export type Flag = OptionFlag | Switch;

const SWITCHES = {
  "if-changed": "Do not check again what an earlier login verified",
  // For the login as root alone: stdin names a socket, and a JSON object from there replaces the environment.
  "environment-from-socket": "Read the environment from the socket that stdin names",
  rotated: "Log in only where the codespace's secrets file has changed a login",
  push: "Report a rejected push as an error",
  all: "Log out of every host",
  json: "Print JSON",
  verbose: "Show each request on stderr: method, host and status",
  version: "Show the version",
  help: "Show this help",
} as const;

export type SwitchName = keyof typeof SWITCHES;

/** Makes the flag of a switch. */
export function switchFlag(name: SwitchName): Switch {
  const flag = { name, option: null, description: SWITCHES[name] };
  return name === "help" ? { ...flag, short: "h" } : flag;
}

/** Every command has these. */
export const COMMON_FLAGS: readonly Switch[] = [switchFlag("version"), switchFlag("help")];

/**
 * Makes the flags of the Feature's options.
 * @param isWanted chooses among the options by the commands that they are for
 */
export function optionFlags(isWanted: (commands: readonly OptionCommand[]) => boolean): OptionFlag[] {
  return AGENT_OPTIONS.filter(([, { commands }]) => isWanted(commands)).map(([option, { kind, summary, ...rest }]) => ({
    name: flagName(option),
    option,
    placeholder: kind.placeholder,
    choices: kind.name === "choice" ? kind.choices : [],
    description: rest.default === "" ? summary : `${summary} (default: ${rest.default})`,
  }));
}

/** Does it need a value after it? */
export function hasValue(flag: Flag): boolean {
  return flag.option !== null && flag.placeholder !== null;
}

/** The forms in which it can be written, with dashes: `--verify` and `--no-verify`. */
export function spellings(flag: Flag): string[] {
  const isNegatable = flag.option !== null && flag.placeholder === null;
  return [`--${flag.name}`, ...(isNegatable ? [`--no-${flag.name}`] : [])];
}
