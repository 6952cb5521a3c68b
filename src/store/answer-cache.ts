import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readlinkSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { tokenName } from "../exchange/identity.ts";
import { namesIn, temporaryPrefix, writeFileAtomic } from "../platform/atomic-write.ts";
import { readOwnFile } from "../platform/own-file.ts";
import { parseRegistry } from "../registries/registry.ts";
import { type Entry, ORIGINS, type Vault } from "./vault.ts";

/** The folder of the answers in a vault, and the symlink in the state folder by which the launcher finds it. */
const ANSWERS = "answers";

/** The mode of the folder: its owner alone, and the sticky bit, by which the launcher tells it from a repository's folder. */
const MARKED = 0o1700;

/** What has no expiry is fresh until something changes it. Before 2038, which some file systems cannot represent. */
const NO_EXPIRY = Date.parse("2037-01-01") / 1000;

/** An answer that a client gets should be accepted for the duration of its request. */
const MARGIN_SECONDS = 60;

/**
 * What a client gets for a server, in the form of docker's credential-helper protocol.
 * @param server as the client asked for it
 */
export function answerOf(server: string, username: string, secret: string): string {
  return JSON.stringify({ ServerURL: server, Username: username, Secret: secret });
}

/** A credential with the vault that holds it. */
export interface Located {
  readonly vault: Vault;
  readonly entry: Entry;
}

/** What the cache needs of the store. */
export interface CacheSource {
  /** The state folder. */
  readonly folder: string;
  readonly vaults: readonly Vault[];
  find(host: string): Located | null;
}

/**
 * Writes the answers that the launcher of the credential helper may give without starting Node, and removes every other:
 * one file for each key of a registry. Its first line is the answer, its time of modification the moment until which it
 * is fresh, its second line the moment until which it is valid (epoch seconds).
 *
 * They are in the first vault that holds an entry, the one in memory first, so that nothing reaches a disk that was not on
 * it. A GITHUB_TOKEN has no answer, since it changes without us. Where they cannot be written, the agent answers.
 * @param nowSeconds epoch seconds
 */
export function refreshAnswers(source: CacheSource, nowSeconds: number): void {
  try {
    const inUse = vaultInUse(source);
    for (const each of source.vaults) if (each !== inUse) removeOthers(each, new Set());
    if (inUse === undefined) return;
    const entries = source.vaults.flatMap((vault) => ORIGINS.flatMap((origin) => vault.list(origin)));
    const hosts = new Set(entries.map(({ host }) => host));
    const answers = [...hosts].flatMap((host) => answersFor(source.find(host), nowSeconds));
    removeOthers(inUse, new Set(answers.map(({ name }) => name)));
    if (answers.length === 0) return;
    for (const answer of answers) writeAnswer(inUse, answer);
    pointTo(join(source.folder, ANSWERS), join(inUse.folder, ANSWERS));
  } catch {
    // The agent answers as well, only slower.
  }
}

/**
 * Refreshes the answers of one host after the agent has given one, without a lock.
 *
 * A login, a logout or `docker login` may change the entry meanwhile. Each of them changes the entry first and the answers
 * after it, so the entry is compared again once the answer is written.
 */
export function refreshAnswersFor(source: CacheSource, host: string, nowSeconds: number): void {
  const current = (): string => JSON.stringify(source.find(host)?.entry ?? null);
  try {
    for (let before = "", tries = 0; before !== current() && tries < 5; tries++) {
      before = current();
      const found = source.find(host);
      const answers = answersFor(found, nowSeconds);
      const vault = vaultInUse(source);
      if (vault === undefined) return;
      for (const key of parseRegistry(host).keys) {
        const name = nameOf(key);
        const answer = answers.find((each) => each.name === name);
        if (answer !== undefined) writeAnswer(vault, answer);
        else if (name !== null) vault.inside((here) => rmSync(join(here, ANSWERS, name), { force: true }));
      }
      if (answers.length > 0) pointTo(join(source.folder, ANSWERS), join(vault.folder, ANSWERS));
    }
  } catch {
    // The agent answers as well, only slower.
  }
}

function vaultInUse({ vaults }: CacheSource): Vault | undefined {
  const holdsEntry = (here: string): boolean => ORIGINS.some((origin) => namesIn(join(here, origin)).length > 0);
  return vaults.find((vault) => vault.inside(holdsEntry) === true);
}

/** Removes the launcher's symlink, for good. */
export function removeAnswersLink(stateFolder: string): void {
  rmSync(join(stateFolder, ANSWERS), { force: true });
}

interface Answer {
  /** Of its file. */
  readonly name: string;
  readonly text: string;
  /** Epoch seconds. */
  readonly freshUntil: number;
}

function answersFor(found: Located | null, nowSeconds: number): Answer[] {
  // There, no launcher reads them.
  if (process.platform === "win32") return [];
  if (found === null || found.entry.host.includes("+") || found.entry.githubToken) return [];
  const { entry, vault } = found;
  const token = entry.identity === null ? null : vault.tokens.read(tokenName(entry.identity));
  if (entry.identity !== null && token === null) return [];
  const expiresAt = token === null ? entry.expiresAt : token.expiresAt;
  const validUntil = expiresAt === null ? NO_EXPIRY : Math.floor(expiresAt) - MARGIN_SECONDS;
  if (validUntil <= nowSeconds) return [];
  // A token is renewed in the second half of its life, behind the client's back.
  const freshUntil = token === null ? validUntil : Math.floor((token.issuedAt + token.expiresAt) / 2);
  return parseRegistry(entry.host).keys.flatMap((key) => {
    const name = nameOf(key);
    const text = `${answerOf(key, entry.username, token?.secret ?? entry.secret)}\n${validUntil}\n`;
    return name === null ? [] : { name, text, freshUntil };
  });
}

/** The file of a key; the launcher knows only these names. */
function nameOf(key: string): string | null {
  if (key === "https://index.docker.io/v1/") return "https+index.docker.io+v1";
  return /^[a-z0-9][a-z0-9.:-]*$/.test(key) ? key : null;
}

/** In a vault that a logout has just removed, nothing can be made through its handle, so it does not come back. */
function writeAnswer(vault: Vault, { name, text, freshUntil }: Answer): void {
  vault.inside((here) => {
    const folder = join(here, ANSWERS);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    // mkdir(2) may ignore the sticky bit.
    if ((statSync(folder).mode & MARKED) !== MARKED) chmodSync(folder, MARKED);
    const file = join(folder, name);
    if (!isUpToDate(file, text, freshUntil)) writeFileAtomic(file, text, { modifiedAt: freshUntil });
  });
}

function isUpToDate(file: string, text: string, freshUntil: number): boolean {
  const isSame = readOwnFile(file)?.text === text;
  return isSame && Math.floor((lstatSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0) / 1000) === freshUntil;
}

function removeOthers(vault: Vault, wanted: ReadonlySet<string>): void {
  vault.inside((here) => {
    const folder = join(here, ANSWERS);
    for (const name of namesIn(folder)) {
      if (!wanted.has(name)) rmSync(join(folder, name), { force: true });
    }
    if (wanted.size > 0) return;
    try {
      rmdirSync(folder);
    } catch {
      // There was none, or a launcher has just begun a renewal in it.
    }
  });
}

function pointTo(link: string, folder: string): void {
  if (lstatSync(link, { throwIfNoEntry: false })?.isSymbolicLink() === true && readlinkSync(link) === folder) return;
  const temporary = join(dirname(link), `${temporaryPrefix(link)}${process.pid}`);
  rmSync(temporary, { force: true });
  symlinkSync(folder, temporary);
  renameSync(temporary, link);
}
