import type { Context, OfflineContext, Result } from "../context.ts";
import type { createSend } from "../network/http.ts";
import type { CommandLine } from "./command.ts";

/**
 * Gives a command the network, and closes its connections afterwards; with `--verbose` its requests are on stderr. Its code is
 * loaded with the first request: a login that is unchanged makes none.
 */
export async function withNetwork(
  context: OfflineContext,
  switches: CommandLine["switches"],
  work: (context: Context) => Promise<Result>,
): Promise<Result> {
  const stop = switches.has("verbose") ? await printRequests(context) : () => undefined;
  let client: Promise<ReturnType<typeof createSend>> | undefined;
  const load = async (): Promise<ReturnType<typeof createSend>> => {
    const { createSend } = await import("../network/http.ts");
    return createSend(context.env);
  };
  try {
    return await work({
      ...context,
      send: async (url, ask) => {
        client ??= load();
        return await (await client).send(url, ask);
      },
    });
  } finally {
    (await client)?.close();
    stop();
  }
}

/** @returns a function that ends it */
async function printRequests({ secrets }: OfflineContext): Promise<() => void> {
  const [{ watchRequests }, { redact }] = await Promise.all([
    import("../handshake/watch.ts"),
    import("../secrecy/redact.ts"),
  ]);
  // What cannot be written is the concern of the end of the run, which writes there, too.
  process.stderr.on("error", () => undefined);
  return watchRequests((line) => process.stderr.write(`${redact(line, secrets.known())}\n`));
}
