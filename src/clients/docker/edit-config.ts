import { join } from "node:path";
import type * as z from "zod/mini";
import { explain } from "../../findings/finding.ts";
import { UserError } from "../../findings/user-error.ts";
import { type Environment, homeFolder } from "../../platform/environment.ts";
import { editConfigFile, type LockWait } from "../../platform/shared-file.ts";
import { HELPER } from "../credential-helper.ts";
import { type Auths, entryOf, hasOtherLogin, isFormer, type OwnAuths } from "./auths.ts";
import { configShape } from "./config.ts";
import { setInJson } from "./edit-json.ts";

/** What of docker's configuration is ours. Anything else in the file stays as it is. */
export interface Wanted {
  /** false: nothing of ours is new here; what stands here of ours is taken away or renewed. */
  readonly adds: boolean;
  /** Keys for which clients ask our helper; every other entry with our helper's name goes. */
  readonly helperKeys: ReadonlySet<string>;
  /** Key -> the `auth` value of the login that our helper answers, so that the same one in `auths` is no other. */
  readonly helperAuths: ReadonlyMap<string, string>;
  /** Whether ours come before the logins that `auths` holds: else clients go on using what a person put there. */
  readonly overrules: boolean;
  /** Keys for which clients ask our helper where nothing else could answer them. */
  readonly lastResortKeys: ReadonlySet<string>;
  /** Key -> `auth` value (base64 of user:password) for plaintext storage. */
  readonly auths: ReadonlyMap<string, string>;
  /** Key -> sha256 of the `auth` values that earlier runs wrote; those that are not wanted any more go. */
  readonly formerAuths: ReadonlyMap<string, ReadonlySet<string>>;
}

export interface ConfigReport {
  readonly changed: boolean;
  /** Key -> the other credential helper that clients ask for it; it was there before us and stays. */
  readonly otherHelpers: ReadonlyMap<string, string>;
  readonly credsStore: string | null;
  /** Keys of `auths` under which a person's own login stands; it stays. */
  readonly otherLogins: ReadonlySet<string>;
}

/** docker's configuration file. Source: https://docs.docker.com/reference/cli/docker/#configuration-files */
export function dockerConfigFile(env: Environment): string {
  return join(env.DOCKER_CONFIG || join(homeFolder(env), ".docker"), "config.json");
}

/**
 * Brings docker's config.json to what is wanted; see {@link editConfigFile} for how it is written.
 * @param announce told, before the file is written, which keys of `auths` get a login of ours
 * @throws UserError when the file is not what docker itself could read; it is left alone then
 */
export async function editDockerConfig(
  file: string,
  wanted: Wanted,
  announce: (keys: ReadonlySet<string>) => void = () => undefined,
  lockWait?: LockWait,
): Promise<ConfigReport> {
  let report: Omit<ConfigReport, "changed"> = { otherHelpers: new Map(), credsStore: null, otherLogins: new Set() };
  let keys: ReadonlySet<string> = new Set();
  const edit = (before: string | null): string => {
    const { text, written, ...found } = applyWanted(file, before, wanted);
    report = found;
    keys = written;
    return text;
  };
  const changed = await editConfigFile(file, edit, { beforeWrite: () => announce(keys), lockWait });
  return { changed, ...report };
}

interface Operation {
  readonly path: readonly [string] | readonly [string, string];
  /** undefined: remove. */
  readonly value: unknown;
}

function applyWanted(
  file: string,
  before: string | null,
  wanted: Wanted,
): { text: string; written: Set<string> } & Omit<ConfigReport, "changed"> {
  const blank = before === null || before.trim() === "";
  const config = parse(file, blank ? "{}" : before);
  const helpers = config.credHelpers ?? {};
  const otherHelpers = new Map<string, string>();
  const operations: Operation[] = [];
  const ours: OwnAuths = { own: new Map([...wanted.helperAuths, ...wanted.auths]), former: wanted.formerAuths };
  const isOther = (key: string): boolean => hasOtherLogin(config.auths ?? {}, key, ours);
  // With a credential store docker does not look at what `auths` holds.
  const yielding = wanted.overrules || config.credsStore !== undefined ? [] : [...wanted.helperKeys].filter(isOther);
  const alone = (key: string): boolean => config.credsStore === undefined && !isOther(key);
  const helperKeys = new Set([...wanted.helperKeys, ...[...wanted.lastResortKeys].filter(alone)]);
  for (const key of yielding) helperKeys.delete(key);
  for (const key of helperKeys) {
    const current = Object.hasOwn(helpers, key) ? helpers[key] : undefined;
    if (current === undefined && wanted.adds) operations.push({ path: ["credHelpers", key], value: HELPER });
  }
  for (const key of [...wanted.helperKeys, ...wanted.auths.keys()]) {
    const current = Object.hasOwn(helpers, key) ? helpers[key] : undefined;
    if (current !== undefined && current !== HELPER) otherHelpers.set(key, current);
  }
  const leaving = Object.keys(helpers).filter((key) => helpers[key] === HELPER && !helperKeys.has(key));
  const allLeave = leaving.length > 0 && leaving.length === Object.keys(helpers).length && operations.length === 0;
  if (allLeave) operations.push({ path: ["credHelpers"], value: undefined });
  else operations.push(...leaving.map((key): Operation => ({ path: ["credHelpers", key], value: undefined })));
  const { operations: authsOperations, others } = authOperations(config.auths ?? {}, wanted, ours);
  operations.push(...authsOperations);
  const otherLogins = new Set([...yielding, ...others]);
  const text = operations.length === 0 ? (before ?? "") : applyOperations(file, blank ? "{}\n" : before, operations);
  const written = new Set(
    operations.flatMap(({ path: [top, key], value }) => (top === "auths" && value !== undefined && key ? [key] : [])),
  );
  return { text, written, otherHelpers, credsStore: config.credsStore ?? null, otherLogins };
}

function authOperations(
  auths: Auths,
  wanted: Wanted,
  ours: OwnAuths,
): { operations: Operation[]; others: Set<string> } {
  const operations: Operation[] = [];
  const others = new Set<string>();
  for (const [key, auth] of wanted.auths) {
    if (entryOf(auths, key).auth === auth) continue;
    if (hasOtherLogin(auths, key, ours)) others.add(key);
    else if (wanted.adds || isFormer(auths, key, ours)) operations.push({ path: ["auths", key], value: { auth } });
  }
  for (const key of wanted.formerAuths.keys()) {
    if (isFormer(auths, key, ours) && !wanted.auths.has(key))
      operations.push({ path: ["auths", key], value: undefined });
  }
  return { operations, others };
}

function parse(file: string, text: string): z.infer<typeof configShape> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new UserError(explain("config-not-json", { file }));
  }
  const parsed = configShape.safeParse(value);
  if (parsed.success) return parsed.data;
  const path = parsed.error.issues[0]?.path.join(".") || "form";
  throw new UserError(explain("config-form", { file, path }));
}

/** Edits the text in place, so that every other byte stays. */
function applyOperations(file: string, before: string, operations: readonly Operation[]): string {
  let text: string | null = before;
  for (const { path, value } of operations) text = text === null ? null : setInJson(text, path, value);
  if (text === null) throw new UserError(explain("config-key-twice", { file }));
  // A mistake of ours must not reach the file.
  JSON.parse(text);
  return text;
}
