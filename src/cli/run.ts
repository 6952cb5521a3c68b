import { text } from "node:stream/consumers";
import { takeOverEnvironment } from "../commands/login/root-environment.ts";
import type { Context, OfflineContext, Result } from "../context.ts";
import type { RawOptions } from "../discovery/options.ts";
import { explain } from "../findings/finding.ts";
import { UserError } from "../findings/user-error.ts";
import { inherit } from "../platform/environment.ts";
import { describeTerminal } from "../terminal/terminal.ts";
import { VERSION } from "../version.ts";
import { type Action, type CommandName, createProgram, type Values } from "./program.ts";
import { findCommand, takeApart, unknownCommand } from "./words.ts";

/** What the shells' completion scripts call; see `completionScript`. */
const COMPLETE = "__complete";

/**
 * Runs a command line. Each command's code is loaded when it is called.
 * @throws UserError for what a person wrote wrong
 */
export async function runCommandLine(
  args: readonly string[],
  world: Omit<OfflineContext, "terminal">,
): Promise<Result> {
  const terminal = describeTerminal(world.env, process.stdout);
  const context: OfflineContext = { ...world, terminal };
  let result: Result | undefined;
  let help = "";
  const say = (text: string): void => {
    help += text;
  };
  const actions = Object.fromEntries(
    Object.entries(ACTIONS).map(([name, act]): [string, Action] => [
      name,
      async (words, values) => {
        result = await act(context, values, words);
      },
    ]),
  ) as Record<CommandName, Action>;
  const program = createProgram(actions, terminal, say);

  if (args[0] === COMPLETE) return await completeWords(program, context, args.slice(1));
  const { command, named, rest, wantsHelp, wantsVersion } = takeApart(program, args);
  if (wantsVersion) return { stdout: `${VERSION}\n`, exitCode: 0 };
  if (wantsHelp || command.name() === "help") {
    const [topic] =
      command.name() === "help" ? rest.filter((word) => !word.startsWith("-")) : named ? [command.name()] : [];
    const about = topic === undefined ? program : findCommand(program, topic);
    if (about === undefined) throw unknownCommand(program, topic ?? "");
    about.outputHelp();
    return { stdout: help, exitCode: 0 };
  }
  const extra = await parse(() => program.parseAsync([command.name(), ...rest], { from: "user" }));
  if (extra !== null) throw new UserError(explain("usage", { problem: `${extra} ${command.name()}` }));
  return result ?? { stdout: "", exitCode: 0 };
}

/** Its other complaints were found before; their words are not passed on, since they may repeat what was written. */
async function parse(run: () => Promise<unknown>): Promise<string | null> {
  try {
    await run();
    return null;
  } catch (error) {
    const { code = "" } = error as { code?: unknown };
    if (code === "commander.excessArguments") return "there is a word too many behind";
    if (code === "commander.missingArgument") return "there is a word missing behind";
    if (typeof code === "string" && code.startsWith("commander.")) return "this cannot be understood:";
    throw error;
  }
}

type Act = (context: OfflineContext, values: Values, words: readonly string[]) => Promise<Result>;

const ACTIONS: Readonly<Record<CommandName, Act>> = {
  login: async (context, values) => {
    const { login } = await import("../commands/login/login.ts");
    const flags = { options: rawOptions(values), json: values.json === true, onlyChanged: values.ifChanged === true };
    const env = { ...context.env };
    if (values.environmentFromStdin === true) {
      takeOverEnvironment(env, await text(process.stdin));
      inherit(env);
    }
    return await withNetwork({ ...context, env }, values, (online) => login(online, flags));
  },
  plan: async (context, values) => {
    const { plan } = await import("../commands/plan/plan.ts");
    return plan(context, rawOptions(values), values.json === true);
  },
  status: async (context, values) => {
    const { status } = await import("../commands/status/status.ts");
    return status(context, values.json === true);
  },
  doctor: async (context, values, targets) => {
    const { doctor } = await import("../commands/doctor/doctor.ts");
    const flags = { options: rawOptions(values), json: values.json === true, push: values.push === true, targets };
    return await withNetwork(context, values, (online) => doctor(online, flags));
  },
  logout: async (context, values, hosts) => {
    const { logout } = await import("../commands/logout/logout.ts");
    return await logout(context, { hosts, all: values.all === true, json: values.json === true });
  },
  completion: async (_, __, [shell = ""]) => {
    const { completionScript, isShell } = await import("./shells.ts");
    if (isShell(shell)) return { stdout: completionScript(shell), exitCode: 0 };
    throw new UserError(explain("usage", { problem: "there is completion for bash, zsh and fish" }));
  },
  help: async () => ({ stdout: "", exitCode: 0 }),
};

async function withNetwork(
  context: OfflineContext,
  { verbose }: Values,
  work: (context: Context) => Promise<Result>,
): Promise<Result> {
  const [{ createSend }, { watchRequests }] = await Promise.all([
    import("../handshake/http.ts"),
    import("../handshake/watch.ts"),
  ]);
  const stop = verbose === true ? watchRequests(context, (line) => process.stderr.write(`${line}\n`)) : () => undefined;
  const { close, ...network } = createSend(context.env);
  try {
    return await work({ ...context, ...network });
  } finally {
    close();
    stop();
  }
}

async function completeWords(
  program: ReturnType<typeof createProgram>,
  context: OfflineContext,
  words: readonly string[],
): Promise<Result> {
  const [{ complete }, { loginHosts }, { openStore }] = await Promise.all([
    import("./complete.ts"),
    import("../store/known-logins.ts"),
    import("../store/store.ts"),
  ]);
  const candidates = complete(program, words, () => loginHosts(openStore(context)));
  return { stdout: candidates.map(({ value, description }) => `${value}\t${description}\n`).join(""), exitCode: 0 };
}

function rawOptions(values: Values): RawOptions {
  const { registries, storage, timeout, identifiers, githubToken } = values;
  const pair = (yes: string, no: string): string | undefined =>
    values[no] === true ? "false" : values[yes] === true ? "true" : undefined;
  const flags = {
    verify: pair("verify", "noVerify"),
    strict: pair("strict", "noStrict"),
    npm: pair("npm", "noNpm"),
    root: pair("root", "noRoot"),
  };
  return Object.fromEntries(
    Object.entries({ registries, storage, timeout, identifiers, githubToken, ...flags }).filter(
      (option): option is [string, string] => typeof option[1] === "string",
    ),
  );
}
