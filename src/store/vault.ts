import { lstatSync, mkdirSync, readFileSync, rmdirSync, rmSync, type Stats } from "node:fs";
import { dirname, join } from "node:path";
import * as z from "zod/mini";
import type { AwsToken } from "../exchange/aws.ts";
import { awsIdentity } from "../exchange/aws-identity.ts";
import { type Code, explain, isCode } from "../findings/finding.ts";
import { explainWriteError, UserError } from "../findings/user-error.ts";
import { namesIn, removeDrafts, writeFileAtomic } from "../platform/atomic-write.ts";
import { sha256 } from "../platform/crypto.ts";

const entry = z.object({
  version: z.literal(1),
  host: z.string(),
  username: z.string(),
  secret: z.string(),
  expiresAt: z.nullable(z.number()),
  identifier: z.nullable(z.string()),
  aws: z._default(z.nullable(awsIdentity), null),
  githubToken: z._default(z.boolean(), false),
});

const token = z.object({
  secret: z.string(),
  issuedAt: z.number(),
  expiresAt: z.number(),
  retryAt: z.optional(z.number()),
});

const failure = z.lazy(() =>
  z.object({
    /** Milliseconds since the epoch. */
    at: z.number(),
    outcome: z.enum(["refused", "unreachable", "failed"]),
    code: z.custom<Code>(isCode),
    message: z.string(),
    hint: z.string(),
  }),
);

/** Why AWS gave no token the last time, for those that waited for it. */
export type Failure = z.infer<typeof failure>;

/**
 * One kept credential. `identifier` is null for one that a person stored with `docker login`; `expiresAt` is in epoch
 * seconds, null where the credential does not say. With `aws`, the secret is not here but among the vault's tokens, and
 * is renewed with that identity; with `githubToken` it is nowhere, but read from the environment at the time of use.
 */
export type Entry = z.infer<typeof entry>;

/** Who put a credential there: our discovery, or a person through `docker login`. A stored one is served first. */
export type Shelf = "discovered" | "stored";

const SHELVES: readonly Shelf[] = ["stored", "discovered"];

/** A folder of credentials, one file each, which only its owner can enter. */
export interface Vault {
  readonly folder: string;
  read(shelf: Shelf, host: string): Entry | null;
  /** Writes unless the same is there already. */
  write(shelf: Shelf, value: Entry): void;
  /** @throws UserError where it cannot be taken away */
  remove(shelf: Shelf, host: string): void;
  list(shelf: Shelf): Entry[];
  /** The token of an AWS identity by its name; registries of one identity share it. */
  readToken(name: string): AwsToken | null;
  writeToken(name: string, value: AwsToken): void;
  /** Takes a token away, and the folder where it was the last thing in it. */
  forgetToken(name: string): void;
  readFailure(name: string): Failure | null;
  writeFailure(name: string, value: Failure): void;
  /** Removes the tokens of all identities but these. */
  keepTokens(names: ReadonlySet<string>): void;
  /** Removes what killed processes left half written; it may hold secrets. */
  removeDrafts(): void;
  /** Where the lock of a token's renewal goes; the folder exists. */
  tokenLock(name: string): string;
}

/**
 * Opens a vault folder for reading and writing; it is created on the first write.
 * @param folder absolute path
 * @throws UserError when the folder is there but could be read or replaced by somebody else
 */
export function openVault(folder: string): Vault {
  checkPrivate(folder);
  const file = (shelf: Shelf, host: string): string => join(folder, shelf, `${fileName(host)}.json`);
  const read = (path: string): Entry | null => readAs(path, (value) => entry.parse(value));
  const write = (path: string, value: unknown): void => {
    try {
      makePrivate(dirname(path));
      writeFileAtomic(path, JSON.stringify(value));
    } catch (error) {
      throw explainWriteError(error, folder, "check that there is room, and the folder's owner and mode");
    }
  };
  // The vault's own folder first: below a link that somebody laid in its place nothing may be made either.
  const makePrivate = (below: string): void => {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    checkPrivate(folder);
    mkdirSync(below, { recursive: true, mode: 0o700 });
  };
  const tokens = join(folder, "tokens");
  return {
    folder,
    read: (shelf, host) => read(file(shelf, host)),
    write: (shelf, value) => {
      const path = file(shelf, value.host);
      if (JSON.stringify(read(path)) === JSON.stringify(entry.parse(value))) return;
      write(path, value);
    },
    remove: (shelf, host) => {
      try {
        rmSync(file(shelf, host), { force: true });
      } catch (error) {
        throw explainWriteError(error, folder, "check the folder's owner and mode");
      }
    },
    list: (shelf) =>
      namesIn(join(folder, shelf))
        .filter((name) => name.endsWith(".json") && !name.startsWith("."))
        .sort()
        .map((name) => read(join(folder, shelf, name)))
        .filter((value) => value !== null),
    readToken: (name) => readAs(join(tokens, `${name}.json`), (value) => token.parse(value)),
    writeToken: (name, value) => write(join(tokens, `${name}.json`), value),
    forgetToken: (name) => {
      try {
        for (const each of [`${name}.json`, `${name}.failure.json`]) rmSync(join(tokens, each), { force: true });
        for (const each of [tokens, folder]) rmdirSync(each);
      } catch {
        // Something else is in there.
      }
    },
    readFailure: (name) => readAs(join(tokens, `${name}.failure.json`), (value) => failure.parse(value)),
    writeFailure: (name, value) => write(join(tokens, `${name}.failure.json`), value),
    keepTokens: (names) => {
      for (const file of namesIn(tokens)) {
        const [name = ""] = file.split(".");
        if (file.endsWith(".json") && !names.has(name)) rmSync(join(tokens, file), { force: true });
      }
    },
    removeDrafts: () => {
      for (const each of [...SHELVES, "tokens"]) removeDrafts(join(folder, each));
    },
    tokenLock: (name) => {
      makePrivate(tokens);
      return join(tokens, `${name}.lock`);
    },
  };
}

/** An entry, and the vault that it lies in. */
export interface Found {
  readonly vault: Vault;
  readonly entry: Entry;
}

/** The credential that clients get for a host: the first vault that has one, a person's own before a discovered one. */
export function findEntry(vaults: readonly Vault[], host: string): Found | null {
  for (const shelf of SHELVES) {
    for (const vault of vaults) {
      const entry = vault.read(shelf, host);
      if (entry !== null) return { vault, entry };
    }
  }
  return null;
}

function readAs<T>(path: string, parse: (value: unknown) => T): T | null {
  try {
    return parse(JSON.parse(readFileSync(path, "utf8")));
  } catch {
    return null;
  }
}

/** A host name may be as long as a file name, which then has no room for more. */
function fileName(host: string): string {
  return host.length <= 200 ? host : sha256(host);
}

/** A shared tmpfs is open to every user of the machine: a folder that is not ours alone may have been laid as a trap. */
function checkPrivate(folder: string): void {
  let stats: Stats | undefined;
  try {
    stats = lstatSync(folder, { throwIfNoEntry: false });
  } catch (error) {
    throw explainWriteError(error, folder, "check the folders above it");
  }
  if (stats === undefined) return;
  const uid = process.getuid?.() ?? stats.uid;
  const isPrivate = stats.isDirectory() && (stats.mode & 0o077) === 0;
  if (isPrivate && stats.uid === uid) return;
  if (isPrivate) throw new UserError(explain("vault-of-another", { folder, uid: stats.uid }));
  throw new UserError(explain("vault-open", { folder }));
}
