import type { Context, OfflineContext, Result } from "../context.ts";
import type { CommandLine } from "./command.ts";

/** Gives a command the network, and closes its connections afterwards; with `--verbose` its requests are on stderr. */
export async function withNetwork(
  context: OfflineContext,
  switches: CommandLine["switches"],
  work: (context: Context) => Promise<Result>,
): Promise<Result> {
  const [{ createSend }, { watchRequests }, { redact }] = await Promise.all([
    import("../network/http.ts"),
    import("../handshake/watch.ts"),
    import("../secrecy/redact.ts"),
  ]);
  const report = (line: string): unknown => process.stderr.write(`${redact(line, context.secrets.known())}\n`);
  // What cannot be written is the concern of the end of the run, which writes there, too.
  if (switches.has("verbose")) process.stderr.on("error", () => undefined);
  const stop = switches.has("verbose") ? watchRequests(report) : () => undefined;
  const { close, ...network } = createSend(context.env);
  try {
    return await work({ ...context, ...network });
  } finally {
    close();
    stop();
  }
}
