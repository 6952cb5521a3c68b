import { AGENT_OPTIONS, flagName, type OptionCommand, type OptionName } from "../discovery/options.ts";

interface FlagBase {
  /** Without dashes. */
  readonly name: string;
  /** One line without a period. */
  readonly description: string;
  /** It exists only outside of containers, where dev containers are built and started. */
  readonly hostOnly?: true;
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
  readonly placeholder: null;
  /** One letter that stands for it, with one dash. */
  readonly short?: string;
}

/** A flag of the command line alone, which has a value. All of its values count; who allows only one uses the last. */
export interface ValueFlag extends FlagBase {
  readonly option: null;
  readonly name: ValueName;
  readonly placeholder: string;
  /** What the shell itself offers as its value. */
  readonly proposals: "files" | "folders" | null;
}

export type Flag = OptionFlag | Switch | ValueFlag;

const SWITCHES = {
  "if-changed": "Do not check again what an earlier login verified",
  // For the login as root alone: stdin names a socket, and a JSON object from there replaces the environment.
  "environment-from-socket": "Read the environment from the socket that stdin names",
  rotated: "Log in only where the codespace's secrets file has changed a login",
  push: "Report a rejected push as an error",
  all: "Every host that is logged in",
  replace: "Replace logins that were made by hand",
  force: "Replace the file if it exists",
  base64: "Print the line in base64, as envbuilder reads it",
  watch: "Keep running, and renew what was written before it expires",
  json: "Print JSON",
  verbose: "Show each request on stderr: method, host and status",
  version: "Show the version",
  help: "Show this help",
} as const;

export type SwitchName = keyof typeof SWITCHES;

const HOST_SWITCHES: ReadonlySet<SwitchName> = new Set(["replace"]);

/** Makes the flag of a switch. */
export function switchFlag(name: SwitchName): Switch {
  const flag = { name, option: null, placeholder: null, description: SWITCHES[name] };
  const there = HOST_SWITCHES.has(name) ? { ...flag, hostOnly: true as const } : flag;
  return name === "help" ? { ...there, short: "h" } : there;
}

const VALUES = {
  "env-file": {
    placeholder: "<file>",
    proposals: "files",
    description: "Read variables from this file, a line NAME=value for each; may be repeated",
  },
  "secrets-file": {
    placeholder: "<file>",
    proposals: "files",
    description: "Read variables from this JSON file, as devcontainer up does; may be repeated",
  },
  config: {
    placeholder: "<file>",
    proposals: "files",
    description: "The devcontainer.json whose options for the Feature are used",
  },
  "workspace-folder": {
    placeholder: "<folder>",
    proposals: "folders",
    description: "The folder whose devcontainer.json is used (default: the current folder)",
  },
  "docker-path": {
    placeholder: "<program>",
    proposals: "files",
    description: "The program that pulls: docker (default), or podman",
  },
  output: {
    placeholder: "<file>",
    proposals: "files",
    description: "Write to this file, which only you can read; - prints even to a terminal or a log",
  },
  name: { placeholder: "<name>", proposals: null, description: "The name of the Secret (default: registry-login)" },
  namespace: {
    placeholder: "<namespace>",
    proposals: null,
    description: "The namespace of the Secret (default: the one that kubectl uses)",
  },
  "service-account": {
    placeholder: "<name>",
    proposals: null,
    description: "Also let the pods of this service account pull with the Secret",
  },
  // For the action alone: what a job adds is removed at its end, and nothing that a different job still needs.
  lease: { placeholder: "<id>", proposals: null, description: "The job that these logins are for" },
} as const;

export type ValueName = keyof typeof VALUES;

/** The other ones say where a machine has what a container has by itself. */
const CONTAINER_VALUES: ReadonlySet<ValueName> = new Set(["output", "name", "namespace", "service-account"]);

/** Makes the flag of a value that is not an option of the Feature. */
export function valueFlag(name: ValueName): ValueFlag {
  const flag = { name, option: null, ...VALUES[name] };
  return CONTAINER_VALUES.has(name) ? flag : { ...flag, hostOnly: true };
}

/** The flags that say where variables and options come from. */
export const INPUT_FLAGS: readonly ValueFlag[] = [
  valueFlag("env-file"),
  valueFlag("secrets-file"),
  valueFlag("config"),
  valueFlag("workspace-folder"),
  valueFlag("docker-path"),
];

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
  return flag.placeholder !== null;
}

/** The forms in which it can be written, with dashes: `--verify` and `--no-verify`. */
export function spellings(flag: Flag): string[] {
  const isNegatable = flag.option !== null && flag.placeholder === null;
  return [`--${flag.name}`, ...(isNegatable ? [`--no-${flag.name}`] : [])];
}
