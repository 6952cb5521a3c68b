import { join, resolve } from "node:path";
import { explain } from "../../findings/finding.ts";
import { UserError } from "../../findings/user-error.ts";
import { type Environment, homeFolder, variable } from "../../platform/environment.ts";
import type { Edit } from "../../platform/shared-file.ts";
import { findEntry, isBlank, type JournalEntry, type Part, type Written } from "../../store/journal.ts";
import { type AuthText, hasOtherLogin, type OwnAuths } from "./auths.ts";
import { type Config, readForEdit } from "./config.ts";
import { authOperations, helperOperations, type Operation, storeOperations } from "./config-operations.ts";
import { setInJson } from "./edit-json.ts";
import { isEmptyObject, originalOf, writtenPart } from "./original.ts";

/** The wanted entries of ours in a config file. Everything else in the file is not changed. */
export interface WantedConfig {
  /** Whether new entries are added; if not, entries of ours are only removed or updated. */
  readonly adds: boolean;
  /** False where clients cannot query our helper: its lines are not added then; those that are there stay. */
  readonly addsHelpers?: boolean;
  /** Keys for which clients query our helper; every other entry with our helper's name is removed. */
  readonly helperKeys: ReadonlySet<string>;
  /** Key -> the login that our helper answers, so that the same login in `auths` does not count as a different one. */
  readonly helperAuths: ReadonlyMap<string, AuthText>;
  /** Whether our entries override the logins in `auths`; if not, clients continue to use what a person put there. */
  readonly overridesAuths: boolean;
  /** Whether our logins replace those of persons in `auths`. */
  readonly replacesAuths?: boolean;
  /** Keys for which clients query our helper only if nothing else has a login for them. */
  readonly lastResortKeys: ReadonlySet<string>;
  /** Key -> the login for plaintext storage, or the placeholder of one in a credential store. */
  readonly auths: ReadonlyMap<string, AuthText>;
  /** What earlier runs wrote into this file; what is not wanted any more is removed, and what it replaced is restored. */
  readonly former: readonly JournalEntry[];
  /** The credential store that docker would choose by itself, to be written down as docker does; else absent. */
  readonly credsStore?: string | undefined;
}

/** An edit of docker's config.json, and what was found in it. */
export interface ConfigEdit extends Edit {
  /** What the edit adds of ours, with what it replaces. */
  readonly written: readonly Written[];
  /** Parts of the file that are again what they were before our logins. */
  readonly restored: ReadonlySet<Part>;
  /** Keys of `auths` under which the new text has the wanted login, no matter who wrote it. */
  readonly present: ReadonlySet<string>;
  readonly credsStore: string | null;
}

/**
 * docker's config file. A relative DOCKER_CONFIG is relative to the current folder, and `~` has no meaning in it.
 * @returns an absolute path
 * Source: https://docs.docker.com/reference/cli/docker/#configuration-files
 */
export function dockerConfigFile(env: Environment, platform = process.platform): string {
  const folder = variable(env, "DOCKER_CONFIG", platform) || join(homeFolder(env, platform), ".docker");
  return resolve(folder, "config.json");
}

/**
 * The fingerprint of the entry by which docker knows that a store has a login: that of an empty text. It is spelled out,
 * since computing it loads node:crypto, which each start of the credential helper would wait for.
 */
export const PLACEHOLDER = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/**
 * Changes docker's config.json to what is wanted, without changing any other byte.
 * @param file its path, for messages
 * @param before its text, null for a missing file
 * @throws UserError when the text is not what docker itself could read
 */
export function editDockerConfig(file: string, before: string | null, wanted: WantedConfig): ConfigEdit {
  const text = before === null || isBlank(before) ? "{}\n" : before;
  const config = parse(file, text);
  const auths = config.auths ?? {};
  const ours: OwnAuths = { current: new Map([...wanted.helperAuths, ...wanted.auths]), former: wanted.former };
  const helpers = helperOperations({ config, text }, wanted, (key) => hasOtherLogin(auths, key, ours));
  const logins = authOperations({ config, text }, wanted, ours);
  const hasNone = logins.isEmpty && wanted.helperKeys.size + wanted.lastResortKeys.size === 0;
  const operations = [...helpers, ...logins.operations, ...storeOperations({ config, text }, hasNone, wanted)];
  const after = operations.length === 0 ? (before ?? "") : applyOperations(file, text, operations);
  const added = operations.flatMap(({ written = [] }) => written);
  const isFirst = before !== null && added.length > 0 && isEmptyObject(text);
  const original =
    operations.length > 0 && isEmptyObject(after) ? originalOf(findEntry(wanted.former, { part: "file" })) : undefined;
  const restored = operations.flatMap(({ restored = [] }) => restored);
  return {
    text: original ?? after,
    holdsSecret: added.some(({ part, sha256 }) => part === undefined && sha256 !== PLACEHOLDER),
    written: isFirst ? [...added, writtenPart("file", "", before)] : added,
    restored: new Set(original === undefined ? restored : [...restored, "file"]),
    present: new Set([...added.map(({ key }) => key), ...logins.unchanged]),
    credsStore: config.credsStore || null,
  };
}

function parse(file: string, text: string): Config {
  const config = readForEdit(file, text);
  if ("code" in config) throw new UserError(config);
  return config;
}

function applyOperations(file: string, before: string, operations: readonly Operation[]): string {
  let text: string | null = before;
  for (const { path, value, json } of operations) text = text === null ? null : setInJson(text, path, value, json);
  if (text === null) throw new UserError(explain("config-key-twice", { file }));
  // Throws if the result is not JSON: a bug of ours must not reach the file.
  JSON.parse(text);
  return text;
}
