import * as z from "zod/mini";
import type { Context } from "../context.ts";
import { withoutSecrets } from "../platform/environment.ts";
import { findProgram } from "../platform/executable.ts";
import { parseJson } from "../platform/json.ts";
import { loadChildProcess } from "../platform/lazy-modules.ts";

/** How long sudo may take: it may ask a directory service. */
const LIMIT_MS = 10_000;

const MAX_CHARACTERS = 1024 * 1024;

const report = z.lazy(() => z.object({ logins: z.array(z.object({ host: z.string(), state: z.string() })) }));

/**
 * The hosts that root is logged in to, for `sudo docker`. Asks the agent's own `status` as root, in the environment that
 * sudo gives a program of this user, docker too.
 * @returns null where sudo is not there, wants a password, or does not end in time
 */
export async function findRootLogins({
  env,
  launcher,
}: Pick<Context, "env" | "launcher">): Promise<ReadonlySet<string> | null> {
  if (findProgram("sudo", env) === null) return null;
  const parsed = report.safeParse(parseJson(await runStatus(env, launcher)));
  if (!parsed.success) return null;
  return new Set(parsed.data.logins.flatMap(({ host, state }) => (state === "ready" ? host : [])));
}

function runStatus(env: Context["env"], launcher: string): Promise<string> {
  return new Promise((resolve) => {
    // -n: never ask for a password.
    const child = loadChildProcess().spawn("sudo", ["-n", launcher, "status", "--json"], {
      env: { ...withoutSecrets(env) },
      stdio: ["ignore", "pipe", "ignore"],
    });
    let text = "";
    const end = (): void => {
      clearTimeout(timer);
      // A user may not end what runs as root: who hangs is left alone.
      child.stdout.destroy();
      child.unref();
      resolve(text);
    };
    const timer = setTimeout(end, LIMIT_MS);
    child.stdout.setEncoding("utf8").on("data", (more: string) => {
      text += more;
      if (text.length > MAX_CHARACTERS) end();
    });
    child.on("error", end);
    child.on("close", end);
  });
}
