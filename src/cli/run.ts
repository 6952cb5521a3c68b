import type { OfflineContext, Result } from "../context.ts";
import { describeTerminal, type Terminal } from "../terminal/terminal.ts";
import { VERSION } from "../version.ts";
import { commandsFor } from "./commands.ts";
import { commandHelp, programHelp } from "./help.ts";
import { parseCommandLine } from "./parse.ts";

/** What the completion scripts of the shells call; see `completionScript`. */
const COMPLETE = "__complete";

/**
 * Runs a command line.
 * @param world with how a person starts this program, where its name alone does not
 * @param args those behind the program's name
 * @throws UserError for what a person wrote wrong
 */
export async function runCommandLine(
  args: readonly string[],
  { program, ...world }: Omit<OfflineContext, "terminal"> & Pick<Terminal, "program">,
): Promise<Result> {
  const named = program === undefined ? {} : { program };
  const context: OfflineContext = { ...world, terminal: { ...describeTerminal(world.env, process.stdout), ...named } };
  const commands = commandsFor(context.machine);
  if (args[0] === COMPLETE) return await completeWords(context, args.slice(1));
  const line = parseCommandLine(commands, args);
  if (line.switches.has("version")) return { stdout: `${VERSION}\n`, exitCode: 0 };
  if (line.switches.has("help") && line.command.name !== "help") {
    const { isNamed, command } = line;
    const stdout = isNamed ? commandHelp(command, context.terminal) : programHelp(commands, context.terminal);
    return { stdout, exitCode: 0 };
  }
  const { machine } = context;
  if (machine === null) return await line.command.run(context, line);
  const { withHostInputs } = await import("./host-inputs.ts");
  return await line.command.run(await withHostInputs(context, machine, line), line);
}

async function completeWords(context: OfflineContext, words: readonly string[]): Promise<Result> {
  const [{ complete }, { loginHosts, savedSecrets }, { openStore }] = await Promise.all([
    import("./complete.ts"),
    import("../store/known-logins.ts"),
    import("../store/open-store.ts"),
  ]);
  const hosts = (): string[] => {
    const store = openStore(context);
    context.secrets.add(savedSecrets(store));
    return loginHosts(store);
  };
  const candidates = complete(commandsFor(context.machine), words, hosts);
  return { stdout: candidates.map(({ value, description }) => `${value}\t${description}\n`).join(""), exitCode: 0 };
}
