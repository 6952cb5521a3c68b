import { lstatSync, mkdirSync, rmSync, type Stats } from "node:fs";
import { dirname, join } from "node:path";
import * as z from "zod/mini";
import { awsIdentity } from "../exchange/aws-identity.ts";
import { explain } from "../findings/finding.ts";
import { explainWriteError, UserError } from "../findings/user-error.ts";
import { namesIn, removeTemporaryFiles, writeFileAtomic } from "../platform/atomic-write.ts";
import { sha256 } from "../platform/crypto.ts";
import { epochTime } from "../platform/epoch.ts";
import { parseJson } from "../platform/json.ts";
import { readOwnFile } from "../platform/own-file.ts";
import { openTokens, type Tokens } from "./tokens.ts";

const entry = z.object({
  version: z.literal(1),
  host: z.string(),
  username: z.string(),
  secret: z.string(),
  expiresAt: z.catch(z.nullable(epochTime), null),
  identifier: z.nullable(z.string()),
  aws: z._default(z.nullable(awsIdentity), null),
  githubToken: z._default(z.boolean(), false),
});

/**
 * One saved credential. `identifier` is null for one that a person stored with `docker login`; `expiresAt` is in epoch
 * seconds, null where the credential has no expiry. With `aws`, the secret is not here but among the vault's tokens, and
 * is renewed with that identity; with `githubToken` it is saved nowhere, but read from the environment at the time of use.
 */
export type Entry = z.infer<typeof entry>;

/** Who saved a credential: our discovery, or a person through `docker login`. */
export type Origin = "discovered" | "stored";

/** In the order in which they are served: what a person stored explicitly wins. */
export const ORIGINS: readonly Origin[] = ["stored", "discovered"];

/** A folder of credentials, one file each, which only its owner can enter. */
export interface Vault {
  readonly folder: string;
  read(origin: Origin, host: string): Entry | null;
  /** Writes unless the same is there already. */
  write(origin: Origin, value: Entry): void;
  /** @throws UserError where it cannot be removed */
  remove(origin: Origin, host: string): void;
  list(origin: Origin): Entry[];
  readonly tokens: Tokens;
  /** Removes what killed processes left half written; it may hold secrets. */
  removeTemporaryFiles(): void;
}

/**
 * Opens a vault folder for reading and writing; it is created on the first write.
 * @param folder absolute path
 * @throws UserError when the folder exists but could be read or replaced by somebody else
 */
export function openVault(folder: string): Vault {
  checkPrivate(folder);
  const file = (origin: Origin, host: string): string => join(folder, origin, `${fileName(host)}.json`);
  const write = (path: string, value: unknown): void => {
    try {
      makePrivate(dirname(path));
      writeFileAtomic(path, JSON.stringify(value));
    } catch (error) {
      throw explainWriteError(error, folder, "check that there is room, and the folder's owner and mode");
    }
  };
  // The vault's own folder first: below a symlink in its place nothing may be made either.
  const makePrivate = (below: string): void => {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    checkPrivate(folder);
    mkdirSync(below, { recursive: true, mode: 0o700 });
  };
  return {
    folder,
    read: (origin, host) => readEntry(file(origin, host)),
    write: (origin, value) => {
      const path = file(origin, value.host);
      if (JSON.stringify(readEntry(path)) !== JSON.stringify(entry.parse(value))) write(path, value);
    },
    remove: (origin, host) => {
      try {
        rmSync(file(origin, host), { force: true });
      } catch (error) {
        throw explainWriteError(error, folder, "check the folder's owner and mode");
      }
    },
    list: (origin) =>
      namesIn(join(folder, origin))
        .filter((name) => name.endsWith(".json") && !name.startsWith("."))
        .sort()
        .flatMap((name) => readEntry(join(folder, origin, name)) ?? []),
    tokens: openTokens(folder, { read, write, makeFolder: makePrivate }),
    removeTemporaryFiles: () => {
      for (const each of [...ORIGINS, "tokens", "answers"]) removeTemporaryFiles(join(folder, each));
    },
  };
}

function readEntry(path: string): Entry | null {
  return read(path, (value) => entry.parse(value));
}

/** A file that is damaged or not ours counts as none. */
function read<T>(path: string, parse: (value: unknown) => T): T | null {
  const file = readOwnFile(path);
  try {
    return file === null ? null : parse(parseJson(file.text));
  } catch {
    return null;
  }
}

/** A host name may be as long as a file name, which then has no room for more. */
function fileName(host: string): string {
  return host.length <= 200 ? host : sha256(host);
}

/** A shared tmpfs is open to every user of the machine: a folder that is not ours alone may be a trap. */
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
