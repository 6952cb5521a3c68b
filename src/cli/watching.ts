import type { Watching } from "../commands/export/watch.ts";
import type { OfflineContext } from "../context.ts";

/** How a command runs until a person or the system ends it (Ctrl+C, SIGTERM), with its lines on stdout. */
export async function watchUntilSignal({ secrets }: OfflineContext): Promise<Watching> {
  const { redact } = await import("../secrecy/redact.ts");
  let stop: (() => void) | undefined;
  let isStopped = false;
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      isStopped = true;
      stop?.();
    });
  }
  // Nobody may read the lines any more; what is renewed still matters.
  process.stdout.on("error", () => undefined);
  return {
    print: (text) => void process.stdout.write(redact(text, secrets.known())),
    pause: async (ms) => {
      if (isStopped) return false;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        stop = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      return !isStopped;
    },
  };
}
