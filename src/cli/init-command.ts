import type { Command } from "./command.ts";
import { INIT_VALUES, switchFlag } from "./flag.ts";
import { withNetwork } from "./network.ts";

/** `registry-login init` on the command line. */
export const init: Command = {
  name: "init",
  description: "Set a repository up: finds its registries, and edits devcontainer.json after showing the changes",
  operand: null,
  flags: [
    ...INIT_VALUES,
    switchFlag("yes"),
    switchFlag("dry-run"),
    switchFlag("check"),
    switchFlag("remove"),
    switchFlag("set-secrets"),
    switchFlag("json"),
  ],
  hiddenFlags: [],
  notes: {},
  run: async (context, { switches, values }) => {
    const [{ init }, { readInitFlags, openAsker }] = await Promise.all([
      import("../commands/init/init.ts"),
      import("./init-flags.ts"),
    ]);
    const flags = readInitFlags(switches, values);
    const asker = await openAsker(flags, context.secrets);
    return await withNetwork(context, switches, (online) => init(online, flags, asker));
  },
};
