import type { Asker, LocalWay } from "../commands/init/asker.ts";
import type { InitFlags } from "../commands/init/flags.ts";
import type { Secrets } from "../secrecy/secrets.ts";
import { oneOf } from "../terminal/one-of.ts";
import type { CommandLine } from "./command.ts";
import { usageError } from "./usage-error.ts";

const WAYS: readonly LocalWay[] = ["none", "remote-env", "env-file"];

/** @throws UserError for a value that is not one of the possible ones */
export function readInitFlags(switches: CommandLine["switches"], values: CommandLine["values"]): InitFlags {
  const last = (name: "config" | "workspace-folder" | "image" | "local"): string | null =>
    values.get(name)?.at(-1) ?? null;
  const written = last("local");
  const local = WAYS.find((way) => way === written) ?? null;
  if (written !== null && local === null) throw usageError(`--local must be ${oneOf(WAYS)}`);
  return {
    place: { config: last("config"), folder: last("workspace-folder") },
    registries: values.get("registry") ?? [],
    image: last("image"),
    local,
    yes: switches.has("yes"),
    dryRun: switches.has("dry-run"),
    check: switches.has("check"),
    remove: switches.has("remove"),
    setSecrets: switches.has("set-secrets"),
    json: switches.has("json"),
  };
}

/** The person at the terminal; null where there is none, or where nothing is to be asked. */
export async function openAsker(flags: InitFlags, secrets: Secrets): Promise<Asker | null> {
  const isTerminal = process.stdin.isTTY === true && process.stdout.isTTY === true;
  if (!isTerminal || flags.yes || flags.dryRun || flags.json) return null;
  const [{ askAtTerminal }, { redact }] = await Promise.all([
    import("../commands/init/terminal-asker.ts"),
    import("../secrecy/redact.ts"),
  ]);
  return askAtTerminal((text) => process.stdout.write(`${redact(text, secrets.known())}\n`));
}
