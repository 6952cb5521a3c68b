import { mkdirSync, rmdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import * as z from "zod/mini";
import { identity } from "../exchange/identity.ts";
import { explain } from "../findings/finding.ts";
import { explainWriteError, UserError } from "../findings/user-error.ts";
import { namesIn, removeTemporaryFiles } from "../platform/atomic-write.ts";
import { sha256 } from "../platform/crypto.ts";
import { epochTime } from "../platform/epoch.ts";
import { parseJson } from "../platform/json.ts";
import { readOwnFile, writeOwnFile } from "../platform/own-file.ts";
import { explainDistrust, type FolderRules, insideOwnFolder } from "../platform/trust.ts";
import { openTokens, type Tokens } from "./tokens.ts";

const fields = z.object({
  version: z.literal(1),
  host: z.string(),
  username: z.string(),
  secret: z.string(),
  expiresAt: z.catch(z.nullable(epochTime), null),
  identifier: z.nullable(z.string()),
  identity: z._default(z.nullable(identity), null),
  githubToken: z._default(z.boolean(), false),
});

/** Before there were identities of other clouds, the field of AWS's had its name. */
const entry = z.pipe(
  z.transform((value: unknown) =>
    typeof value === "object" && value !== null && "aws" in value ? { identity: value.aws, ...value } : value,
  ),
  fields,
);

/**
 * One saved credential. `identifier` is null for one that a person stored with `docker login`; `expiresAt` is in epoch
 * seconds, null where the credential has no expiry. With `identity`, the secret is not here but among the vault's tokens, and
 * is renewed with that identity; with `githubToken` it is saved nowhere, but read from the environment at the time of use.
 */
export type Entry = z.infer<typeof fields>;

/** Who saved a credential: our discovery, or a person through `docker login`. */
export type Origin = "discovered" | "stored";

/** In the order in which they are served: what a person stored explicitly wins. */
export const ORIGINS: readonly Origin[] = ["stored", "discovered"];

/** A folder of credentials, one file each, which only its owner can enter. */
export interface Vault {
  readonly folder: string;
  /**
   * Works in the folder; see {@link insideOwnFolder}.
   * @returns null where there is none, or somebody else's has its name
   */
  inside<T>(work: (here: string) => T): T | null;
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

const RULES: FolderRules = {
  privacy: "unreadable",
  explainOpen: (folder) => explain("vault-open", { folder }),
  explainOwner: (folder, uid) => explain("vault-of-another", { folder, uid }),
};

/**
 * Opens a vault folder for reading and writing; it is created on the first write.
 * @param folder absolute path
 * @throws UserError when somebody else could read or replace the folder
 */
export function openVault(folder: string): Vault {
  checkPrivate(folder);
  const inside = <T>(work: (here: string) => T): T | null => insideOwnFolder(folder, work);
  const nameOf = (origin: Origin, host: string): string => join(origin, `${fileName(host)}.json`);
  const read = <T>(name: string, parse: (value: unknown) => T): T | null =>
    inside((here) => readValue(join(here, name), parse));
  const readEntry = (name: string): Entry | null => read(name, (value) => entry.parse(value));
  const list = (below: string): string[] => inside((here) => namesIn(join(here, below))) ?? [];
  const make = (name: string, work: (path: string) => void): void => {
    // The vault's own folder first: below a symlink in its place nothing may be made either.
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    checkPrivate(folder);
    const isMade = inside((here) => {
      work(join(here, name));
      return true;
    });
    if (isMade === null) throw new UserError(RULES.explainOpen(folder));
  };
  const makeFolder = (name: string): void =>
    make(name, (path) => void mkdirSync(path, { recursive: true, mode: 0o700 }));
  const write = (name: string, value: unknown): void => {
    try {
      makeFolder(dirname(name));
      make(name, (path) =>
        writeOwnFile(path, JSON.stringify(value), {
          name: join(folder, name),
          advice: "use a shorter password or token",
        }),
      );
    } catch (error) {
      throw explainWriteError(error, folder, "check that there is room, and the folder's owner and mode");
    }
  };
  const remove = (name: string): void => {
    try {
      inside((here) => rmSync(join(here, name), { force: true }));
    } catch (error) {
      throw explainWriteError(error, folder, "check the folder's owner and mode");
    }
  };
  return {
    folder,
    inside,
    read: (origin, host) => {
      const found = readEntry(nameOf(origin, host));
      // One that another host's file was renamed to is not this host's.
      return found?.host === host ? found : null;
    },
    write: (origin, value) => {
      const name = nameOf(origin, value.host);
      if (JSON.stringify(readEntry(name)) !== JSON.stringify(entry.parse(value))) write(name, value);
    },
    remove: (origin, host) => remove(nameOf(origin, host)),
    list: (origin) =>
      list(origin)
        .filter((name) => name.endsWith(".json") && !name.startsWith("."))
        .sort()
        .flatMap((name) => readEntry(join(origin, name)) ?? []),
    tokens: openTokens(folder, { read, write, remove, list, makeFolder }),
    removeTemporaryFiles: () => {
      inside((here) => {
        for (const each of [...ORIGINS, "tokens", "answers"]) removeTemporaryFiles(join(here, each));
      });
    },
  };
}

/**
 * Removes a vault with all that is in it, if it is this user's; also one that is not trusted (any more). The empty folder
 * stays where another user owns the one that it is in.
 * @returns whether nothing is left in it
 */
export function removeVault(folder: string): boolean {
  const isEmptied = insideOwnFolder(folder, (here) => {
    for (const each of namesIn(here)) rmSync(join(here, each), { recursive: true, force: true });
    return true;
  });
  if (isEmptied === null) return false;
  try {
    rmdirSync(folder);
  } catch {
    // It holds no secret any more.
  }
  return true;
}

/** A file that is damaged or not ours counts as none. */
function readValue<T>(path: string, parse: (value: unknown) => T): T | null {
  const file = readOwnFile(path);
  try {
    return file === null ? null : parse(parseJson(file.text));
  } catch {
    return null;
  }
}

/** A host name may be as long as a file name, which then has no room for more; Windows allows no colon (of a port) in one. */
function fileName(host: string): string {
  const name = process.platform === "win32" ? host.replaceAll(":", "%3A") : host;
  return name.length <= 200 ? name : sha256(host);
}

/** A shared tmpfs is open to every user of the machine: a folder that is not ours alone may be a trap. */
function checkPrivate(folder: string): void {
  const distrust = explainDistrust(folder, RULES);
  if (distrust !== null) throw new UserError(distrust);
}
