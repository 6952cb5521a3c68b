import type { Environment } from "../platform/environment.ts";
import { findAbsoluteProgram } from "../platform/executable.ts";
import { runProgram } from "../platform/run-program.ts";
import type { ClientLogin } from "./docker/config.ts";
import { decodeGo, type GoType } from "./docker/go-json.ts";

/** Clients append this to `docker-credential-` to find our helper. */
export const HELPER = "registry-login";

/** What a helper answers; docker's own helpers write the user name `<token>` for an identity token. */
const ANSWER: GoType = { struct: { ServerURL: "string", Username: "string", Secret: "string" } };

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
  const file = findAbsoluteProgram(`docker-credential-${name}`, env);
  if (file === null) return "failed";
  const { status, stdout } = await runProgram(file, ["get"], { env, input: server, limitMs: TIME_LIMIT_MS });
  if (status === 0) {
    const login = readAnswer(stdout);
    return login === undefined ? "failed" : (login ?? "not-found");
  }
  return isNotFoundText(stdout) ? "not-found" : "failed";
}

/**
 * The login in a helper's answer: null for none, undefined for what is not an answer.
 * Source: docker-credential-helpers `client.Get`
 */
export function readAnswer(stdout: string): ClientLogin | null | undefined {
  const decoded = decodeGo(stdout, ANSWER);
  if (decoded === null || decoded.fault !== null) return undefined;
  const { Username: username = "", Secret: secret = "" } = (decoded.value ?? {}) as {
    Username?: string;
    Secret?: string;
  };
  // For docker, an empty secret means no login; old versions of the helper of pass answer so for a host that they do not know.
  return secret === "" ? null : { username, secret };
}

/** Is this the protocol's text for a server without a credential? */
export function isNotFoundText(stdout: string): boolean {
  return stdout.trim() === NOT_FOUND;
}
