import type { HostMachine, OfflineContext } from "../context.ts";
import { secretsIn } from "../discovery/known-secrets.ts";
import { oneOf } from "../terminal/one-of.ts";
import { type Command, findCommand } from "./command.ts";
import { exportCommand } from "./export-command.ts";
import { type Flag, INPUT_FLAGS, optionFlags, switchFlag, valueFlag } from "./flag.ts";
import { commandHelp, programHelp } from "./help.ts";
import { init } from "./init-command.ts";
import { withNetwork } from "./network.ts";
import { unknownCommand } from "./parse.ts";
import { completionScript, isShell, SHELLS } from "./shells.ts";
import { usageError } from "./usage-error.ts";

// Each command's code is loaded when the command runs.

const login: Command = {
  name: "login",
  description: "Log in to every registry whose secrets are in the environment",
  operand: null,
  flags: [
    ...optionFlags((commands) => commands.includes("login")),
    ...INPUT_FLAGS,
    switchFlag("if-changed"),
    switchFlag("replace"),
    switchFlag("json"),
    switchFlag("verbose"),
  ],
  hiddenFlags: [switchFlag("environment-from-socket"), switchFlag("rotated"), valueFlag("lease")],
  notes: {},
  run: async (context, { options, switches, values }) => {
    const { login } = await import("../commands/login/login.ts");
    const flags = {
      options,
      json: switches.has("json"),
      onlyChanged: switches.has("if-changed"),
      onlyRotated: switches.has("rotated"),
      replaces: switches.has("replace"),
      lease: values.get("lease")?.at(-1) ?? null,
    };
    const asked = switches.has("environment-from-socket") ? await takeEnvironment(context) : context;
    return await withNetwork(asked, switches, (online) => login(online, flags));
  },
};

const plan: Command = {
  name: "plan",
  description: "Show what login would do, without network and without writing anything",
  operand: null,
  flags: [...optionFlags((commands) => commands.includes("plan")), ...INPUT_FLAGS, switchFlag("json")],
  // So that `plan` can be put before the flags of any login.
  hiddenFlags: [
    ...optionFlags((commands) => commands.includes("login") && !commands.includes("plan")),
    switchFlag("if-changed"),
    switchFlag("replace"),
    valueFlag("lease"),
  ],
  notes: {},
  run: async (context, { options, switches }) => {
    const { plan } = await import("../commands/plan/plan.ts");
    return plan(context, options, switches.has("json"));
  },
};

const status: Command = {
  name: "status",
  description: "Show the saved logins and which clients use them, without network",
  operand: null,
  flags: [switchFlag("json")],
  hiddenFlags: [],
  notes: {},
  run: async (context, { switches }) => {
    const { status } = await import("../commands/status/status.ts");
    return status(context, switches.has("json"));
  },
};

const doctor: Command = {
  name: "doctor",
  description: "Explain why a pull fails, for every registry or for the given hosts and images",
  operand: {
    usage: "[target...]",
    description: "A host (ghcr.io) or an image (ghcr.io/acme/app:1)",
    many: true,
    proposals: "hosts",
  },
  flags: [
    ...optionFlags((commands) => commands.includes("doctor")),
    ...INPUT_FLAGS,
    switchFlag("push"),
    switchFlag("json"),
    switchFlag("verbose"),
  ],
  hiddenFlags: [],
  notes: {},
  run: async (context, { options, switches, operands }) => {
    const { doctor } = await import("../commands/doctor/doctor.ts");
    const flags = { options, json: switches.has("json"), push: switches.has("push"), targets: operands };
    return await withNetwork(context, switches, (online) => doctor(online, flags));
  },
};

const logout: Command = {
  name: "logout",
  description: "Remove the logins of these hosts, and nothing else",
  operand: {
    usage: "[host...]",
    description: "A host, as in a _SERVER secret: ghcr.io, docker.io, registry.example.com:5000",
    many: true,
    proposals: "hosts",
  },
  flags: [switchFlag("all"), switchFlag("json")],
  hiddenFlags: [switchFlag("environment-from-socket"), valueFlag("lease")],
  notes: {},
  run: async (context, { operands, switches, values }) => {
    const { logout } = await import("../commands/logout/logout.ts");
    const isForRoot = switches.has("environment-from-socket");
    const asked = isForRoot ? await takeEnvironment(context) : context;
    return await logout(asked, {
      hosts: operands,
      all: switches.has("all"),
      json: switches.has("json"),
      ignoresUnknown: isForRoot,
      lease: values.get("lease")?.at(-1) ?? null,
    });
  },
};

const completion: Command = {
  name: "completion",
  description: "Print the script that completes commands, options and hosts in a shell",
  operand: { usage: `<${SHELLS.join("|")}>`, description: "The shell", many: false, proposals: SHELLS },
  flags: [],
  hiddenFlags: [],
  notes: {
    "Turn it on in bash": ["echo 'source <(registry-login completion bash)' >> ~/.bashrc"],
    "Turn it on in zsh": ['registry-login completion zsh > "$fpath[1]/_registry-login"'],
    "Turn it on in fish": ["echo 'registry-login completion fish | source' >> ~/.config/fish/config.fish"],
  },
  run: async (_, { operands: [shell = ""] }) => {
    if (!isShell(shell)) throw usageError(`completion needs a shell: ${oneOf(SHELLS)}`);
    return { stdout: completionScript(shell), exitCode: 0 };
  },
};

const help: Command = {
  name: "help",
  description: "Show the help of a command",
  operand: { usage: "[command]", description: "One of the commands", many: false, proposals: "commands" },
  flags: [],
  hiddenFlags: [],
  notes: {},
  run: async ({ terminal, machine }, { operands: [name] }) => {
    const commands = commandsFor(machine);
    if (name === undefined) return { stdout: programHelp(commands, terminal), exitCode: 0 };
    const command = findCommand(commands, name);
    if (command === undefined) throw unknownCommand(commands, name);
    return { stdout: commandHelp(command, terminal), exitCode: 0 };
  },
};

const ALL: readonly Command[] = [login, plan, status, doctor, logout, exportCommand, init, completion, help];

/** Every command as it is in a container, in the order of the help. */
export const COMMANDS: readonly Command[] = ALL.map((command) => {
  const inContainer = (flag: Flag): boolean => flag.hostOnly !== true;
  return {
    ...command,
    flags: command.flags.filter(inContainer),
    hiddenFlags: command.hiddenFlags.filter(inContainer),
  };
});

/** Every command with the flags that it has at this place, in the order of the help. */
export function commandsFor(machine: HostMachine | null): readonly Command[] {
  return machine === null ? COMMANDS : ALL;
}

/** Replaces this process's environment by the one at the socket that stdin names, for the programs that a login starts as well. */
async function takeEnvironment(context: OfflineContext): Promise<OfflineContext> {
  const [{ readSocketPath, takeOffer }, { takeOverEnvironment }] = await Promise.all([
    import("../commands/login/root-socket.ts"),
    import("../commands/login/root-environment.ts"),
  ]);
  // sudo says whom it was run by.
  const user = Number(context.env.SUDO_UID ?? context.uid);
  const env = takeOverEnvironment(context.env, await takeOffer(await readSocketPath(process.stdin), user));
  context.secrets.add(secretsIn(env));
  context.exportEnvironment(env);
  return { ...context, env, onBehalfOf: user };
}
