import { Argument, Command, Option } from "commander";
import { createPen, type Terminal } from "../terminal/terminal.ts";
import { VERSION } from "../version.ts";
import { SHELLS } from "./shells.ts";

/** The values of a command's options, by their camel-case names; a flag that was not given has none. */
export type Values = Readonly<Record<string, string | boolean | undefined>>;

/** Called with the words behind the command, and the options. */
export type Action = (words: readonly string[], values: Values) => Promise<void>;

export type CommandName = "login" | "plan" | "status" | "doctor" | "logout" | "completion" | "help";

/** The word that may be left out. */
export const DEFAULT_COMMAND: CommandName = "login";

/**
 * The whole command line as a value: commands, options and their texts. It is what is parsed, what --help prints, and
 * what the shells complete.
 * @param act what each command does
 * @param write takes what commander itself prints (help)
 */
export function createProgram(
  act: Readonly<Record<CommandName, Action>>,
  terminal: Terminal,
  write: (text: string) => void,
): Command {
  const pen = createPen(terminal);
  const program = new Command("registry-login")
    .description(`registry-login ${VERSION}: logs container clients in to private registries`)
    .usage("[command] [options]")
    .helpCommand(false)
    .helpOption("-h, --help", "show this help")
    .addOption(new Option("--version", "show the version"))
    .exitOverride()
    .configureOutput({ writeOut: write, writeErr: () => undefined })
    .configureHelp({
      helpWidth: terminal.columns ?? 100,
      styleTitle: pen.bold,
      styleCommandText: pen.bold,
      subcommandTerm: (command) => [command.name(), ...command.registeredArguments.map(argumentTerm)].join(" "),
    })
    .addHelpText("after", NOTES);

  const add = (name: CommandName, description: string, options: readonly Option[], ...words: Argument[]): Command => {
    const command = program.command(name).description(description);
    for (const word of words) command.addArgument(word);
    for (const option of options) command.addOption(option);
    return command.action((...given) => act[name](command.args, given.at(-2) as Values));
  };
  add("login", "log in to every registry whose secrets are in the environment (the default)", [
    ...featureOptions(),
    flag("--if-changed", "do not ask again about what an earlier login verified"),
    // For the login as root alone: the variables come as a JSON object on stdin and replace the environment.
    flag("--environment-from-stdin", "").hideHelp(),
    flag("--json", "print JSON"),
    flag("--verbose", "show each request on stderr: method, host and status"),
  ]);
  add("plan", "show what login would do; no network, nothing written", [
    ...featureOptions().map((option) => option.hideHelp(NOT_FOR_PLAN.has(option.long ?? ""))),
    flag("--if-changed", "").hideHelp(),
    flag("--json", "print JSON"),
  ]);
  add("status", "show what is logged in and for which clients; no network, nothing written", [
    flag("--json", "print JSON"),
  ]);
  add(
    "doctor",
    "say why a pull fails, for every registry or the given hosts and images",
    [
      ...featureOptions().filter(
        ({ long }) =>
          !["--verify", "--no-verify", "--strict", "--no-strict", "--root", "--no-root"].includes(long ?? ""),
      ),
      flag("--push", "a push that is refused is wrong too"),
      flag("--json", "print JSON"),
      flag("--verbose", "show each request on stderr: method, host and status"),
    ],
    new Argument("[target...]", "a host (ghcr.io) or an image (ghcr.io/acme/app:1)"),
  );
  add(
    "logout",
    "take away what was added for these hosts, and nothing else",
    [flag("--all", "for every host"), flag("--json", "print JSON")],
    new Argument("[host...]", "as in a server's secret: ghcr.io, docker.io, registry.example.com:5000"),
  );
  add(
    "completion",
    "print the script that completes commands, options and hosts in a shell",
    [],
    shellArgument(),
  ).addHelpText("after", COMPLETION_NOTES);
  add("help", "show the help of a command", [], new Argument("[command]", "one of the commands above"));
  return program;
}

const NOTES = `
The secrets of a registry: <ID>_CONTAINER_REGISTRY_SERVER, <ID>_CONTAINER_REGISTRY_USER, <ID>_CONTAINER_REGISTRY_PASSWORD
The options of a command: registry-login help COMMAND`;

const COMPLETION_NOTES = `
bash: registry-login completion bash > ~/.local/share/bash-completion/completions/registry-login
zsh:  registry-login completion zsh > a folder of your $fpath, as _registry-login
fish: registry-login completion fish > ~/.config/fish/completions/registry-login.fish`;

const NOT_FOR_PLAN = new Set([
  "--verify",
  "--no-verify",
  "--strict",
  "--no-strict",
  "--timeout",
  "--root",
  "--no-root",
]);

/** They override the Feature's own options. */
function featureOptions(): Option[] {
  return [
    flag("--registries <list>", 'servers of identifiers whose _SERVER secret is missing: "ID=host, ID=host"'),
    choice("--storage", ["memory", "disk", "plaintext"], "where credentials are kept (memory)"),
    flag("--verify", "ask each registry whether it takes the credential (yes)"),
    flag("--no-verify", "do not ask"),
    flag("--strict", "exit with 1 when a login fails (no)"),
    flag("--no-strict", "exit with 0 all the same"),
    flag("--timeout <seconds>", "time for each registry (10)"),
    flag("--identifiers <list>", 'use only these: "ID, ID" (all)'),
    choice("--github-token", ["auto", "always", "never"], "when GITHUB_TOKEN logs in to ghcr.io (auto: in Codespaces)"),
    flag("--npm", "log npm in to npm.pkg.github.com with it (no)"),
    flag("--no-npm", "do not"),
    flag("--root", "log root in as well, for sudo docker, where sudo needs no password (no)"),
    flag("--no-root", "do not"),
  ];
}

function flag(flags: string, description: string): Option {
  const option = new Option(flags, description);
  // A flag of its own, so that "no" counts wherever it stands, also before the flag that it contradicts.
  option.negate = false;
  return option;
}

/** The values are completed and shown, but not checked by commander, whose message would repeat a wrong one. */
function choice(name: string, values: readonly string[], description: string): Option {
  const option = flag(`${name} <${values.join("|")}>`, description);
  return Object.assign(option, { completions: values });
}

/** The values that an option may have, where they are few. */
export function valuesOf(option: Option): readonly string[] {
  return (option as { completions?: readonly string[] }).completions ?? [];
}

function shellArgument(): Argument {
  return new Argument(`<${SHELLS.join("|")}>`, "the shell");
}

function argumentTerm(argument: Argument): string {
  const name = argument.name().toUpperCase() + (argument.variadic ? "..." : "");
  return argument.required ? argument.name() : `[${name}]`;
}
