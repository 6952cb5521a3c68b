import { lstatSync, mkdirSync, readFileSync, readlinkSync, renameSync, rmSync, statSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { tokenName } from "../exchange/aws-identity.ts";
import { draftPrefix, namesIn, writeFileAtomic } from "../platform/atomic-write.ts";
import { parseRegistry } from "../registries/registry.ts";
import { type Earlier, vaultsOf } from "./store.ts";
import { findEntry, type Vault } from "./vault.ts";

/** The link in our state folder by which the launcher finds the answers. */
const LINK = "answers";

/** What does not expire is fresh until something changes it. Before 2038, beyond which some file systems cannot count. */
const FOREVER = Date.parse("2037-01-01") / 1000;

/**
 * What a client is told of a server, as docker's credential-helper protocol has it.
 * @param server as the client asked for it
 */
export function answerOf(server: string, username: string, secret: string): string {
  return JSON.stringify({ ServerURL: server, Username: username, Secret: secret });
}

/**
 * Lays the answers ready that the launcher of the credential helper may give without starting Node: a file for each key
 * of a registry, whose time of modification, in the future, says until when it is fresh. Takes away every other.
 *
 * They lie in a vault that holds an entry, the one in memory first, so that nothing comes to a disk that was not on it.
 * Nothing is laid ready of a GITHUB_TOKEN, which changes without us. Where they cannot be written, the agent answers.
 * @param nowSeconds epoch seconds
 */
export function layAnswers(earlier: Earlier, nowSeconds: number): void {
  const vaults = vaultsOf(earlier);
  try {
    const inUse = vaults.find((each) => each.list("stored").length + each.list("discovered").length > 0);
    for (const each of vaults.filter((other) => other !== inUse)) removeOthers(join(each.folder, LINK), new Map());
    if (inUse === undefined) return;
    const folder = join(inUse.folder, LINK);
    const hosts = new Set(
      vaults.flatMap((each) => [...each.list("stored"), ...each.list("discovered")]).map(({ host }) => host),
    );
    const answers = new Map([...hosts].flatMap((host) => answersFor(vaults, host, nowSeconds)));
    removeOthers(folder, answers);
    if (answers.size === 0) return;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    for (const [name, { text, until }] of answers) {
      const file = join(folder, name);
      if (!isThere(file, text, until)) writeFileAtomic(file, text, { modifiedAt: until });
    }
    pointTo(join(earlier.folder, LINK), folder);
  } catch {
    // The agent answers as well, only slower.
  }
}

/**
 * Lays one host's answer ready, after the agent has given it.
 *
 * A login, a logout or `docker login` may change the entry meanwhile. Each of them changes the entry first and the answer
 * after it; so the entry is looked at again once the answer lies there.
 */
export function layAnswer(earlier: Earlier, host: string, nowSeconds: number): void {
  const look = (): string => JSON.stringify(findEntry(vaultsOf(earlier), host)?.entry ?? null);
  for (let before = "", tries = 0; before !== look() && tries < 5; tries++) {
    before = look();
    layAnswers(earlier, nowSeconds);
  }
}

/** Takes the launcher's link away, for good. */
export function removeAnswersLink({ folder }: Earlier): void {
  rmSync(join(folder, LINK), { force: true });
}

interface Answer {
  readonly text: string;
  /** Epoch seconds. */
  readonly until: number;
}

function answersFor(vaults: readonly Vault[], host: string, nowSeconds: number): [string, Answer][] {
  const found = findEntry(vaults, host);
  if (found === null || host.includes("+") || found.entry.githubToken) return [];
  const { entry, vault } = found;
  const token = entry.aws === null ? null : vault.readToken(tokenName(entry.aws));
  if (entry.aws !== null && token === null) return [];
  // A token is renewed at half of its life.
  const until = token === null ? (entry.expiresAt ?? FOREVER) : Math.floor((token.issuedAt + token.expiresAt) / 2);
  if (until <= nowSeconds) return [];
  return parseRegistry(host).keys.flatMap((key) => {
    const name = nameOf(key);
    return name === null
      ? []
      : [[name, { text: `${answerOf(key, entry.username, token?.secret ?? entry.secret)}\n`, until }]];
  });
}

/** The file of a key; the launcher knows these names only. */
function nameOf(key: string): string | null {
  if (key === "https://index.docker.io/v1/") return "https+index.docker.io+v1";
  return /^[a-z0-9][a-z0-9.:-]*$/.test(key) ? key : null;
}

function isThere(file: string, text: string, until: number): boolean {
  try {
    return readFileSync(file, "utf8") === text && Math.floor(statSync(file).mtimeMs / 1000) === until;
  } catch {
    return false;
  }
}

function removeOthers(folder: string, wanted: ReadonlyMap<string, unknown>): void {
  for (const name of namesIn(folder)) {
    if (!wanted.has(name)) rmSync(join(folder, name), { force: true });
  }
}

function pointTo(link: string, folder: string): void {
  if (lstatSync(link, { throwIfNoEntry: false })?.isSymbolicLink() === true && readlinkSync(link) === folder) return;
  const draft = join(dirname(link), `${draftPrefix(link)}${process.pid}`);
  rmSync(draft, { force: true });
  symlinkSync(folder, draft);
  renameSync(draft, link);
}
