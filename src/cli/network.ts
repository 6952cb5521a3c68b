import type { Context, OfflineContext, Result } from "../context.ts";
import type { CommandLine } from "./command.ts";

/** Gives a command the network, and closes its connections afterwards; with `--verbose` its requests are on stderr. */
export async function withNetwork(
  context: OfflineContext,
  switches: CommandLine["switches"],
  work: (context: Context) => Promise<Result>,
): Promise<Result> {
  const [{ createSend }, { watchRequests }] = await Promise.all([
    import("../network/http.ts"),
    import("../handshake/watch.ts"),
  ]);
  const stop = switches.has("verbose")
    ? watchRequests(context, (line) => process.stderr.write(`${line}\n`))
    : () => undefined;
  const { close, ...network } = createSend(context.env);
  try {
    return await work({ ...context, ...network });
  } finally {
    close();
    stop();
  }
}
