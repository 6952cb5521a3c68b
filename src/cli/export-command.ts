import { FORMATS } from "../commands/export/formats.ts";
import { oneOf } from "../terminal/one-of.ts";
import type { Command } from "./command.ts";
import { INPUT_FLAGS, switchFlag, type ValueName, valueFlag } from "./flag.ts";
import { withNetwork } from "./network.ts";
import { watchUntilSignal } from "./watching.ts";

/** `registry-login export` on the command line. */
export const exportCommand: Command = {
  name: "export",
  description: "Write logins for clusters and builders, which cannot query a credential helper",
  operand: {
    usage: "<format> [host...]",
    description: `The format (${oneOf(FORMATS)}), and the hosts; without a host the only one`,
    many: true,
    proposals: "hosts",
    firstProposals: FORMATS,
  },
  flags: [
    valueFlag("output"),
    switchFlag("force"),
    switchFlag("all"),
    switchFlag("watch"),
    switchFlag("base64"),
    valueFlag("name"),
    valueFlag("namespace"),
    valueFlag("service-account"),
    ...INPUT_FLAGS,
  ],
  hiddenFlags: [],
  notes: {
    "A Secret for a cluster": ["registry-login export kubernetes ghcr.io | kubectl apply --server-side -f -"],
  },
  run: async (context, { operands, switches, values }) => {
    const [{ exportLogins }, { findStdoutReader }] = await Promise.all([
      import("../commands/export/export.ts"),
      import("../commands/export/stdout.ts"),
    ]);
    const last = (name: ValueName): string | null => values.get(name)?.at(-1) ?? null;
    const flags = {
      operands,
      all: switches.has("all"),
      output: last("output"),
      force: switches.has("force"),
      base64: switches.has("base64"),
      name: last("name"),
      namespace: last("namespace"),
      serviceAccount: last("service-account"),
      stdout: findStdoutReader(context.env, process.stdout.isTTY === true),
      watching: switches.has("watch") ? await watchUntilSignal(context) : null,
    };
    return await withNetwork(context, switches, (online) => exportLogins(online, flags));
  },
};
