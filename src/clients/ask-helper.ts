import * as z from "zod/mini";
import { type Environment, withoutSecrets } from "../discovery/environment.ts";

/** What a helper answers; docker's own helpers write the user name `<token>` for an identity token. */
const answer = z.object({ Username: z.string(), Secret: z.string() });

const TIME_LIMIT_MS = 10_000;

/**
 * Asks a credential helper as clients do: `docker-credential-<name> get`, the server on its input.
 * @param env the environment of the helper, whose PATH says where it is; it is not given our secrets
 * @returns its answer, or null where it has none or does not run
 * Source: https://github.com/docker/docker-credential-helpers
 */
export async function askHelper(
  name: string,
  server: string,
  env: Environment,
): Promise<{ username: string; secret: string } | null> {
  // Most look-ups ask nobody, and need nothing of what runs programs.
  const { execFile } = await import("node:child_process");
  return await new Promise((resolve) => {
    const options = { env: { ...withoutSecrets(env) }, timeout: TIME_LIMIT_MS };
    const child = execFile(`docker-credential-${name}`, ["get"], options, (error, stdout) => {
      const parsed = error === null ? answer.safeParse(parseJson(stdout)) : undefined;
      const found = parsed?.success === true && parsed.data.Secret !== "" ? parsed.data : undefined;
      resolve(found === undefined ? null : { username: found.Username, secret: found.Secret });
    });
    // A program that is not there, or that ends without reading, is no answer either.
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(server);
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
