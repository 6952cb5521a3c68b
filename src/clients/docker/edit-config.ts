import { join, resolve } from "node:path";
import { explain } from "../../findings/finding.ts";
import { UserError } from "../../findings/user-error.ts";
import { type Environment, homeFolder, variable } from "../../platform/environment.ts";
import type { Edit } from "../../platform/shared-file.ts";
import { fingerprint } from "../../store/journal.ts";
import { HELPER } from "../credential-helper.ts";
import {
  type Auths,
  type AuthText,
  entryOf,
  entryOfText,
  hasOtherLogin,
  isOwnValue,
  type OwnAuths,
  textOfEntry,
} from "./auths.ts";
import { type Config, readForEdit } from "./config.ts";
import { setInJson } from "./edit-json.ts";

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
  /**
   * Key -> fingerprints of what earlier runs wrote to `auths`; what is not wanted any more is removed. Under {@link AUTHS} and
   * {@link CREDS_STORE}: those of the whole object, and of the name of the store, if an earlier run added them.
   */
  readonly formerAuths: ReadonlyMap<string, ReadonlySet<string>>;
  /** The credential store that docker would choose by itself, to be written down as docker does; else absent. */
  readonly credsStore?: string | undefined;
}

/** An edit of docker's config.json, and what was found in it. */
export interface ConfigEdit extends Edit {
  /** Keys of `auths` under which the edit writes an entry of ours; {@link AUTHS} and {@link CREDS_STORE} if it adds them. */
  readonly written: ReadonlySet<string>;
  /** Keys of `auths` under which the new text has the wanted login, no matter who wrote it. */
  readonly present: ReadonlySet<string>;
  readonly credsStore: string | null;
}

/**
 * Stand for the object `auths`, for `credsStore`, and for a file without any text, where keys of `auths` are listed: no
 * registry has such a name.
 */
export const AUTHS = "auths";
export const CREDS_STORE = "credsStore";
export const BLANK = "blank";

/** Is this one of them? */
export function isOfFile(key: string): boolean {
  return key === AUTHS || key === CREDS_STORE || key === BLANK;
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

interface Operation {
  readonly path: readonly [string] | readonly [string, string];
  /** undefined: remove. */
  readonly value: unknown;
}

/**
 * Changes docker's config.json to what is wanted, without changing any other byte.
 * @param file its path, for messages
 * @param before its text, null for a missing file
 * @throws UserError when the text is not what docker itself could read
 */
export function editDockerConfig(file: string, before: string | null, wanted: WantedConfig): ConfigEdit {
  const blank = before === null || before.trim() === "";
  const config = parse(file, blank ? "{}" : before);
  const auths = config.auths ?? {};
  const ours: OwnAuths = { current: new Map([...wanted.helperAuths, ...wanted.auths]), former: wanted.formerAuths };
  const helpers = helperOperations(config, wanted, (key) => hasOtherLogin(auths, key, ours));
  const logins = authOperations(auths, wanted, ours);
  const operations = [
    ...helpers,
    ...logins.operations,
    ...storeOperations(config, logins.isEmpty && !helpsClients(wanted), wanted),
  ];
  const added = operations.flatMap(({ path: [top, key], value }) =>
    value !== undefined && (top === AUTHS || top === CREDS_STORE) ? (key ?? top) : [],
  );
  const addsAuths = config.auths == null && logins.operations.length > 0;
  const fillsBlank = before === "" && operations.length > 0;
  const written = [...(addsAuths ? [AUTHS] : []), ...(fillsBlank ? [BLANK] : []), ...added];
  const after = operations.length === 0 ? (before ?? "") : applyOperations(file, blank ? "{}\n" : before, operations);
  const isBlankAgain = wanted.formerAuths.has(BLANK) && operations.length > 0 && /^\s*\{\s*\}\s*$/.test(after);
  return {
    text: isBlankAgain ? "" : after,
    holdsSecret: [...wanted.auths].some(([key, text]) => text !== "" && written.includes(key)),
    written: new Set(written),
    present: new Set([...written, ...logins.unchanged]),
    credsStore: config.credsStore ?? null,
  };
}

function helperOperations(
  { credHelpers, credsStore }: Config,
  wanted: WantedConfig,
  isOther: (key: string) => boolean,
): Operation[] {
  const helpers = credHelpers ?? {};
  const helperOf = (key: string): string | undefined => (Object.hasOwn(helpers, key) ? helpers[key] : undefined);
  // With a credential store, docker ignores `auths`.
  const yielding = wanted.overridesAuths || credsStore !== undefined ? [] : [...wanted.helperKeys].filter(isOther);
  const lastResort = [...wanted.lastResortKeys].filter((key) => credsStore === undefined && !isOther(key));
  const keys = new Set([...wanted.helperKeys, ...lastResort].filter((key) => !yielding.includes(key)));
  const adding =
    wanted.adds && wanted.addsHelpers !== false ? [...keys].filter((key) => helperOf(key) === undefined) : [];
  const leaving = Object.keys(helpers).filter((key) => helpers[key] === HELPER && !keys.has(key));
  const allLeave = leaving.length > 0 && leaving.length === Object.keys(helpers).length && adding.length === 0;
  return [
    ...adding.map((key) => ({ path: ["credHelpers", key], value: HELPER }) as const),
    ...(allLeave
      ? [{ path: ["credHelpers"], value: undefined } as const]
      : leaving.map((key) => ({ path: ["credHelpers", key], value: undefined }) as const)),
  ];
}

function authOperations(
  auths: Auths,
  wanted: WantedConfig,
  ours: OwnAuths,
): { operations: Operation[]; unchanged: Set<string>; isEmpty: boolean } {
  const operations: Operation[] = [];
  const unchanged = new Set<string>();
  for (const [key, text] of wanted.auths) {
    if (Object.hasOwn(auths, key) && textOfEntry(entryOf(auths, key)) === text) unchanged.add(key);
    else if (wanted.replacesAuths !== true && hasOtherLogin(auths, key, ours)) continue;
    else if (wanted.adds || isOwnValue(auths, key, ours))
      operations.push({ path: [AUTHS, key], value: entryOfText(text) });
  }
  const leaving = [...wanted.formerAuths.keys()].filter(
    (key) => isOwnValue(auths, key, ours) && !wanted.auths.has(key),
  );
  const isEmpty = operations.length === 0 && leaving.length === Object.keys(auths).length;
  if (isEmpty && leaving.length > 0 && wanted.formerAuths.has(AUTHS)) {
    operations.push({ path: [AUTHS], value: undefined });
  } else {
    operations.push(...leaving.map((key) => ({ path: [AUTHS, key], value: undefined }) as const));
  }
  return { operations, unchanged, isEmpty };
}

function helpsClients({ helperKeys, lastResortKeys }: WantedConfig): boolean {
  return helperKeys.size + lastResortKeys.size > 0;
}

/**
 * The store that docker would choose is written down with the first login, and removed with the last one if nothing else
 * could be in it.
 */
function storeOperations(
  { credsStore }: Config,
  isEmpty: boolean,
  { credsStore: wanted, adds, formerAuths }: WantedConfig,
): Operation[] {
  if (wanted !== undefined) {
    return credsStore === undefined && adds ? [{ path: [CREDS_STORE], value: wanted }] : [];
  }
  const isOurs = credsStore !== undefined && formerAuths.get(CREDS_STORE)?.has(fingerprint(credsStore)) === true;
  return isOurs && isEmpty ? [{ path: [CREDS_STORE], value: undefined }] : [];
}

function parse(file: string, text: string): Config {
  const config = readForEdit(file, text);
  if ("code" in config) throw new UserError(config);
  return config;
}

function applyOperations(file: string, before: string, operations: readonly Operation[]): string {
  let text: string | null = before;
  for (const { path, value } of operations) text = text === null ? null : setInJson(text, path, value);
  if (text === null) throw new UserError(explain("config-key-twice", { file }));
  // Throws if the result is not JSON: a bug of ours must not reach the file.
  JSON.parse(text);
  return text;
}
