import { HELPER } from "../clients/credential-helper.ts";
import { entryOf, textOfEntry } from "../clients/docker/auths.ts";
import { readLoginConfigOrEmpty } from "../clients/docker/config.ts";
import { dockerConfigFile } from "../clients/docker/edit-config.ts";
import { npmTokenKey, plainLine } from "../clients/npm/npmrc.ts";
import { tokenName } from "../exchange/identity.ts";
import type { Environment } from "../platform/environment.ts";
import { MAX_CONFIG_BYTES, readTextIfPossible } from "../platform/read-file.ts";
import { parseRegistry } from "../registries/registry.ts";
import { fingerprint, holds, isNpmEntry, type JournalEntry, storeOfEntry } from "../store/journal.ts";
import type { SavedLogin, Store } from "../store/store.ts";

/** Something of ours that a logout removes, and the file or vault that it is in. */
export interface Artifact {
  readonly what:
    | "credential"
    | "stored-credential"
    | "aws-token"
    | "registry-token"
    | "helper-line"
    | "plaintext-login"
    | "store-login"
    | "npmrc-line"
    | "bookkeeping";
  readonly where: string;
}

/** The current docker config file, and those that earlier runs wrote to. */
export function dockerFiles({ configFiles }: Store, env: Environment): string[] {
  return [...new Set([dockerConfigFile(env), ...configFiles])];
}

/**
 * Everything of ours that there is for a host now.
 * @param leaving the hosts that are logged out together: a token that a different host uses is left out
 */
export function artifactsOf(host: string, leaving: readonly string[], store: Store, env: Environment): Artifact[] {
  const entries = store.journal.filter((entry) => entry.since === null && isEntryOf(entry, host));
  return [
    ...store
      .entries()
      .flatMap((saved) => vaultArtifacts(saved, host))
      .sort(credentialFirst),
    ...tokenArtifacts(host, leaving, store),
    ...dockerFiles(store, env).flatMap((file) => dockerArtifacts(host, entries, file)),
    ...storeArtifacts(entries, host),
    ...entries.filter((entry) => isNpmEntry(entry) && isInNpmrc(entry)).map(({ file }) => artifact("npmrc-line", file)),
    ...(store.registrations.some((each) => each.host === host) ? [artifact("bookkeeping", store.folder)] : []),
  ];
}

/** Logins to a host in credential stores, according to entries of the journal. */
export function storeArtifacts(entries: readonly JournalEntry[], host: string): Artifact[] {
  return entries.flatMap((entry) => {
    const name = storeOfEntry(entry);
    return name === null || !isEntryOf(entry, host) ? [] : [artifact("store-login", `docker-credential-${name}`)];
  });
}

function artifact(what: Artifact["what"], where: string): Artifact {
  return { what, where };
}

function vaultArtifacts({ entry, origin, folder }: SavedLogin, host: string): Artifact[] {
  if (origin === "stored") return belongsTo(entry.host, host) ? [artifact("stored-credential", folder)] : [];
  return entry.host === host ? [artifact("credential", folder)] : [];
}

function credentialFirst(a: Artifact, b: Artifact): number {
  return a.what < b.what ? -1 : a.what > b.what ? 1 : 0;
}

function tokenArtifacts(host: string, leaving: readonly string[], store: Store): Artifact[] {
  const discovered = store.entries().filter(({ origin }) => origin === "discovered");
  return discovered.flatMap(({ entry: { host: owner, identity }, storage, folder }) => {
    if (owner !== host || identity === null || store.tokens(storage)?.read(tokenName(identity)) == null) return [];
    const isShared = discovered.some(
      ({ entry }) =>
        entry.identity !== null && !leaving.includes(entry.host) && tokenName(entry.identity) === tokenName(identity),
    );
    return isShared ? [] : [artifact("keys" in identity ? "aws-token" : "registry-token", folder)];
  });
}

function dockerArtifacts(host: string, entries: readonly JournalEntry[], file: string): Artifact[] {
  const config = readLoginConfigOrEmpty(file);
  const hasLine = parseRegistry(host).keys.some((key) => config.credHelpers[key] === HELPER);
  const hasLogin = parseRegistry(host).keys.some((key) => {
    const text = textOfEntry(entryOf(config.auths, key));
    return text !== null && text !== "" && holds(entries, { file, key, sha256: fingerprint(text) });
  });
  return [
    ...(hasLine ? [artifact("helper-line", file)] : []),
    ...(hasLogin ? [artifact("plaintext-login", file)] : []),
  ];
}

function isInNpmrc({ file, sha256 }: JournalEntry): boolean {
  return (readTextIfPossible(file, MAX_CONFIG_BYTES) ?? "")
    .split(/\r?\n/)
    .some((line) => fingerprint(plainLine(line)) === sha256);
}

/** Is this a value for a host? */
export function isEntryOf({ key }: JournalEntry, host: string): boolean {
  return key === npmTokenKey(host) || parseRegistry(host).keys.includes(key);
}

/** Is this the name of a stored credential of the host, or of a token of docker's own browser login to it? */
export function belongsTo(name: string, host: string): boolean {
  return name === host || name.startsWith(`${host}+`);
}
