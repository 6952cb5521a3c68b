import * as z from "zod/mini";
import { type Environment, withoutSecrets } from "../platform/environment.ts";
import { parseJson } from "../platform/json.ts";

import type { ClientLogin } from "./docker/config.ts";

/** Clients append this to `docker-credential-` to find our helper. */
export const HELPER = "registry-login";

/** What a helper answers; docker's own helpers write the user name `<token>` for an identity token. */
const answer = z.lazy(() => z.object({ Username: z.string(), Secret: z.string() }));

/** The protocol's text for a server without a credential. */
export const NOT_FOUND = "credentials not found in native keychain";

const TIME_LIMIT_MS = 10_000;

/** A helper's credential, or none, or a failure: it does not run, prints something else, or takes too long. */
export type HelperAnswer = ClientLogin | "not-found" | "failed";

/**
 * Queries a credential helper as clients do: `docker-credential-<name> get`, the server on its input.
 * @param env the environment of the helper, whose PATH is searched for it; our secrets are removed from it
 * Source: https://github.com/docker/docker-credential-helpers
 */
export async function queryHelper(name: string, server: string, env: Environment): Promise<HelperAnswer> {
  // Loaded here, because most lookups need no helper.
  const { execFile } = await import("node:child_process");
  return await new Promise((resolve) => {
    const options = { env: { ...withoutSecrets(env) }, timeout: TIME_LIMIT_MS, killSignal: "SIGKILL" } as const;
    const child = execFile(`docker-credential-${name}`, ["get"], options, (error, stdout) => {
      const parsed = error === null ? answer.safeParse(parseJson(stdout)) : undefined;
      if (parsed?.success === true) {
        const { Username: username, Secret: secret } = parsed.data;
        // For docker, an empty secret means no login.
        resolve(secret === "" ? "not-found" : { username, secret });
      } else resolve(stdout.trim() === NOT_FOUND ? "not-found" : "failed");
    });
    // Also for a missing program, and for one that exits without reading; both are failures.
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(server);
  });
}
