import type { LookupFunction } from "node:net";
import { onTestFinished } from "vitest";
import type { Verdict } from "../../src/handshake/verdict.ts";
import { verify } from "../../src/handshake/verify.ts";
import { createSend } from "../../src/network/http.ts";
import { parseRegistry } from "../../src/registries/registry.ts";
import { basic } from "./encoding.ts";
import type { LocalServer } from "./misbehaving-server.ts";

export const USER = "bob";
export const PASSWORD = "right-password";
/** The Authorization header with the password. */
export const BASIC = basic(USER, PASSWORD);

/** Checks the credential at a registry, over a real connection. */
export function ask(
  server: string,
  options: { timeoutMs?: number; password?: string; env?: object; lookup?: LookupFunction; etc?: string } = {},
): Promise<Verdict> {
  const { send, close } = createSend({ ...options.env }, { lookup: options.lookup, etc: options.etc });
  onTestFinished(close);
  const credential = { username: USER, secret: options.password ?? PASSWORD, expiresAt: null };
  return verify(parseRegistry(server), credential, send, options.timeoutMs ?? 10_000);
}

/** Every Authorization header that a server received, in order. */
export function authorizations(server: LocalServer): (string | null)[] {
  return server.seen.map(({ authorization }) => authorization);
}
