import type { Entry } from "../../src/store/vault.ts";

/** What a login of bob's saves in a vault. */
export function entryFor(host: string, secret = "s", more: Partial<Entry> = {}): Entry {
  return {
    version: 1,
    host,
    username: "bob",
    secret,
    expiresAt: null,
    identifier: "A",
    identity: null,
    githubToken: false,
    ...more,
  };
}
