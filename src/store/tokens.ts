import { rmdirSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod/mini";
import type { RegistryToken } from "../exchange/token.ts";
import { epochTime } from "../platform/epoch.ts";
import { withLock } from "../platform/lock.ts";
import { loginFailure } from "./state.ts";

const token = z.object({
  secret: z.string(),
  issuedAt: epochTime,
  expiresAt: epochTime,
  retryAt: z.optional(epochTime),
});

const renewalFailure = z.extend(loginFailure, {
  /** Milliseconds since the epoch. */
  at: z.number(),
});

/** Why a token could not be renewed the last time, for processes that waited for it. */
export type RenewalFailure = z.infer<typeof renewalFailure>;

/** The tokens of one vault by the name of their identity; registries of one identity share one. */
export interface Tokens {
  read(name: string): RegistryToken | null;
  /** @throws UserError where it cannot be written */
  write(name: string, value: RegistryToken): void;
  readFailure(name: string): RenewalFailure | null;
  writeFailure(name: string, value: RenewalFailure): void;
  /** Removes a token, and the vault's folder where it was the last thing in it. */
  remove(name: string): void;
  /** Removes the tokens of all identities except these. */
  retain(names: ReadonlySet<string>): void;
  /**
   * Runs work while no other process renews this token.
   * @throws UserError when another one does for longer than `waitMs`
   */
  withLock<T>(name: string, work: () => Promise<T>, waitMs: number): Promise<T>;
}

/** What the tokens need of the vault that holds them; names are paths below its folder. */
export interface VaultFiles {
  read<T>(name: string, parse: (value: unknown) => T): T | null;
  write(name: string, value: unknown): void;
  remove(name: string): void;
  list(name: string): readonly string[];
  makeFolder(name: string): void;
}

const FOLDER = "tokens";

/** @param vault the vault's folder */
export function openTokens(vault: string, files: VaultFiles): Tokens {
  const file = (name: string): string => join(FOLDER, `${name}.json`);
  const failureFile = (name: string): string => join(FOLDER, `${name}.failure.json`);
  return {
    read: (name) => files.read(file(name), (value) => token.parse(value)),
    write: (name, value) => files.write(file(name), value),
    readFailure: (name) => files.read(failureFile(name), (value) => renewalFailure.parse(value)),
    writeFailure: (name, value) => files.write(failureFile(name), value),
    remove: (name) => {
      try {
        for (const each of [file(name), failureFile(name)]) files.remove(each);
        for (const each of [join(vault, FOLDER), vault]) rmdirSync(each);
      } catch {
        // Something else is in there.
      }
    },
    retain: (names) => {
      for (const each of files.list(FOLDER)) {
        const [name = ""] = each.split(".");
        if (each.endsWith(".json") && !names.has(name)) files.remove(join(FOLDER, each));
      }
    },
    withLock: async (name, work, waitMs) => {
      files.makeFolder(FOLDER);
      return await withLock(join(vault, FOLDER, `${name}.lock`), work, waitMs);
    },
  };
}
