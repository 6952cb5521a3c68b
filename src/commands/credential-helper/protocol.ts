import type { Result } from "../../context.ts";
import { explain } from "../../findings/finding.ts";
import { UserError } from "../../findings/user-error.ts";
import { parseRegistry, type Registry } from "../../registries/registry.ts";

/** The protocol's exact texts; clients compare with them. */
export const NO_SERVER = "no credentials server URL";
export const NO_USERNAME = "no credentials username";

/**
 * docker's login to Docker Hub by browser stores two tokens next to the login itself, with the helper of Docker Hub.
 * They are docker's own: stored and answered exactly, under a name that no host can have.
 */
export function dockerLoginKey(server: string): string | null {
  const kind = /^https:\/\/index\.docker\.io\/v1\/((?:access|refresh)-token)$/.exec(server.trim())?.[1];
  return kind === undefined ? null : `docker.io+${kind}`;
}

/** The reference implementation joins the input's lines without a separator, then trims. */
export function joinLines(input: string): string {
  return input.split("\n").join("").trim();
}

export function registryOf(server: string): Registry | null {
  try {
    return parseClientsRegistry(server);
  } catch (error) {
    if (error instanceof UserError) return null;
    throw error;
  }
}

/** An answer of the protocol, which holds a secret. */
export function answer(line: string): Result {
  return { ...print(line), isProtocol: true };
}

/** A failure in one of the protocol's own texts. */
export function refuse(line: string): Result {
  return { ...fail(line), isProtocol: true };
}

export function print(line: string): Result {
  return { stdout: `${line}\n`, exitCode: 0 };
}

export function fail(line: string): Result {
  return { stdout: `${line}\n`, exitCode: 1 };
}

/**
 * A registry as a client writes it. No client writes http:// before the name of another machine, not even for a registry
 * without TLS.
 * @throws UserError; see {@link parseRegistry}
 */
export function parseClientsRegistry(server: string): Registry {
  const registry = parseRegistry(server);
  const isPlain = /^\s*http:/i.test(server) && registry.scheme !== "http";
  if (isPlain) throw new UserError(explain("server-scheme", { scheme: "http" }));
  return registry;
}
