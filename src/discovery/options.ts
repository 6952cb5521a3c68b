import * as z from "zod/mini";
import { explain } from "../findings/finding.ts";
import { UserError } from "../findings/user-error.ts";
import { MAX_CONFIG_BYTES, readRegularFile } from "../platform/read-file.ts";
import { boolean, choice, identifierList, type Kind, seconds, serverMapping, text } from "./option-kinds.ts";

/** A command that accepts options of the Feature. */
export type OptionCommand = "login" | "plan" | "doctor";

/** One option of the Feature. */
export interface Option {
  readonly kind: Kind<unknown>;
  /** The text that an unset option stands for. */
  readonly default: string;
  /** What it does, in one line without a period: the text of `--help`, and the start of the Feature's description. */
  readonly summary: string;
  /** Whole sentences that follow the summary in the Feature's description. */
  readonly details: string;
  /** Values that editors offer where any number or text is valid. */
  readonly proposals?: readonly string[];
  /** The commands whose result depends on it, and whose help shows it. */
  readonly commands: readonly OptionCommand[];
  /** Only install.sh reads it: it is neither in the options file nor on the command line. */
  readonly installerOnly?: true;
  /** It is off when root is logged in as well; every other option of the command line goes to root's login, too. */
  readonly offForRoot?: true;
  /**
   * Values of a choice that may log in to something although no secret is set. The launcher, which skips Node where
   * there is nothing to do, leaves them to the agent, as it does with every text.
   */
  readonly loginWithoutSecrets?: readonly string[];
}

/**
 * Every option of the Feature, in the order in which people see them. The command line (flags, help, completion), the
 * options of devcontainer-feature.json, the list in install.sh (both: `npm run docs`) and the type {@link Options} come
 * from it. A comment on an entry describes the value that the agent works with.
 */
const table = {
  /** Identifier, in upper case -> SERVER text. */
  registries: {
    kind: serverMapping,
    default: "",
    summary: 'Servers of identifiers whose _SERVER secret is missing: "ID=host, ID=host"',
    details: "Not for secrets: options are stored in the image.",
    commands: ["login", "plan", "doctor"],
  },
  storage: {
    kind: choice("memory", "disk", "plaintext", "native"),
    default: "memory",
    summary: "Where credentials are stored",
    details:
      "memory: in a tmpfs, until the container stops. disk: in the home folder. plaintext: in docker's config.json. native: as docker login does, in a credential store where docker has one.",
    commands: ["login", "doctor"],
  },
  verify: {
    kind: boolean,
    default: "true",
    summary: "Check each credential with its registry",
    details: "No client gets a credential that the registry rejects, because it would break even public pulls.",
    commands: ["login"],
  },
  strict: {
    kind: boolean,
    default: "false",
    summary: "Exit with 1 when a login fails",
    details: "The start of the container then fails, too.",
    commands: ["login"],
    offForRoot: true,
  },
  /** Milliseconds for each registry. */
  timeout: {
    kind: seconds,
    default: "10",
    summary: "Seconds for each registry, from 1 to 600",
    details: "All registries are checked at once, and a login ends within twice this time, or 10 seconds.",
    proposals: ["5", "10", "30"],
    commands: ["login", "doctor"],
  },
  /** In upper case; only these are used. Empty: all. */
  identifiers: {
    kind: identifierList,
    default: "",
    summary: 'Use only these identifiers: "ID, ID"',
    details: "Empty: all.",
    commands: ["login", "plan", "doctor"],
  },
  githubToken: {
    kind: choice("auto", "always", "never", "gh"),
    default: "auto",
    summary: "When to log in to ghcr.io with GITHUB_TOKEN (auto: in Codespaces)",
    details:
      "gh: always, and outside of the container with the token of the GitHub CLI. Secrets for ghcr.io take precedence.",
    commands: ["login", "plan", "doctor"],
    loginWithoutSecrets: ["always", "gh"],
  },
  /** Exchange the keys of Google service accounts for access tokens, which are renewed. */
  googleTokens: {
    kind: boolean,
    default: "false",
    summary: "Exchange the keys of Google service accounts for access tokens",
    details: "Clients then get a token that is valid for an hour and renewed, instead of the key.",
    commands: ["login", "plan", "doctor"],
  },
  /** Log npm in to GitHub's npm registry with the GitHub token. */
  npm: {
    kind: boolean,
    default: "false",
    summary: "Also log npm in to npm.pkg.github.com with the GitHub token",
    details: "This adds a line to the user's .npmrc.",
    commands: ["login", "plan", "doctor"],
    offForRoot: true,
  },
  /** Log root in as well, where sudo needs no password. */
  root: {
    kind: boolean,
    default: "false",
    summary: "Also log root in, for sudo docker, where sudo needs no password",
    details: "Root's logins are stored for root alone.",
    commands: ["login"],
    offForRoot: true,
  },
  nodeMirror: {
    kind: text,
    default: "",
    summary:
      "Mirror of the npm registry from which the build downloads a private Node, if the image has no suitable one",
    details: "Its address, like https://mirror.example.com/npm. Empty: the npm registry.",
    commands: [],
    installerOnly: true,
  },
} satisfies Readonly<Record<string, Option>>;

type Table = typeof table;

/** The parsed options that the agent works with. */
export type Options = {
  readonly [Name in keyof Table as Table[Name] extends { installerOnly: true } ? never : Name]: ReturnType<
    Table[Name]["kind"]["read"]
  >;
};

export type OptionName = keyof Options;

export type Storage = Options["storage"];

/** When GITHUB_TOKEN logs in to GitHub's registries: `auto` means in Codespaces. */
export type GithubTokenMode = Options["githubToken"];

/** Option texts as install.sh or the command line pass them. */
export type RawOptions = Readonly<Partial<Record<OptionName, string>>>;

/** Every option, those for install.sh alone included. */
export const FEATURE_OPTIONS: Readonly<Record<string, Option>> = table;

/** The options that the agent reads, with their names. */
export const AGENT_OPTIONS = Object.entries(FEATURE_OPTIONS).filter(
  (entry): entry is [OptionName, Option] => entry[1].installerOnly !== true,
);

/** An option's name on the command line, without dashes: `githubToken` -> `github-token`. */
export function flagName(option: string): string {
  return option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** Where install.sh writes the Feature's options: a line `name=value` for each that is not the default. */
export const OPTIONS_FILE = "/usr/local/share/registry-login/options";

/**
 * Reads the options file; without one every option has its default.
 * @param file absolute path
 * @throws UserError where it is not a regular file, or too large
 */
export function readOptionsFile(file: string): RawOptions {
  const lines = readRegularFile(file, { maxBytes: MAX_CONFIG_BYTES, followLinks: true })?.bytes.toString("utf8") ?? "";
  const pairs = lines.split("\n").flatMap((line) => {
    const at = line.indexOf("=");
    return at === -1 ? [] : [[line.slice(0, at).trim(), line.slice(at + 1)]];
  });
  return Object.fromEntries(pairs);
}

/**
 * The options that this run starts with: those of install.sh, or on a host those of the repository's devcontainer.json.
 * @throws UserError where the options file cannot be read
 */
export function readOptions({ optionsFile, machine }: OptionsSource): RawOptions {
  return machine?.options ?? readOptionsFile(optionsFile);
}

/** Where options come from; see {@link Context}. */
export interface OptionsSource {
  readonly optionsFile: string;
  readonly machine: { readonly options: RawOptions } | null;
}

const schema = z.lazy(() =>
  z.object(Object.fromEntries(AGENT_OPTIONS.map(([name, { kind }]) => [name, kind.schema()]))),
);

/**
 * Parses options; flags override the file, and empty values count as unset.
 * @throws UserError that names the option and what it may be, but never repeats its value: people put secrets anywhere
 */
export function parseOptions(file: RawOptions, flags: RawOptions): Options {
  const defaults = AGENT_OPTIONS.map(([name, option]) => [name, option.default]);
  const parsed = schema.safeParse({ ...Object.fromEntries(defaults), ...withoutEmpty(file), ...withoutEmpty(flags) });
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const name = String(issue?.path[0] ?? "");
    throw new UserError(
      explain("option-invalid", { name, problem: issue?.message ?? "is not valid", flag: flagName(name) }),
    );
  }
  const values = AGENT_OPTIONS.map(([name, { kind }]) => [name, kind.read(parsed.data[name] ?? "")]);
  // The type comes from the same table, which TypeScript cannot see through the loop.
  return Object.fromEntries(values) as Options;
}

function withoutEmpty(raw: RawOptions): RawOptions {
  return Object.fromEntries(Object.entries(raw).filter(([, value]) => value !== undefined && value.trim() !== ""));
}
