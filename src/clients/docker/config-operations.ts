import { findEntry, fingerprint, type JournalEntry, type Part, type Written } from "../../store/journal.ts";
import { HELPER } from "../credential-helper.ts";
import { entryOf, entryOfText, findOwnEntry, hasOtherLogin, type OwnAuths, textOfEntry } from "./auths.ts";
import type { WantedConfig } from "./edit-config.ts";
import { type JsonPath, textInJson } from "./edit-json.ts";
import { type Before, openTextIn, originalOf, writtenObject, writtenPart } from "./original.ts";

/** One change of docker's config file. */
export interface Operation {
  readonly path: JsonPath;
  /** undefined: remove. */
  readonly value: unknown;
  /** Written instead of the value's own text, where there is a value already. */
  readonly json?: string;
  /** What it adds of ours. */
  readonly written?: readonly Written[];
  /** The part of the file that it restores. */
  readonly restored?: Part;
}

/** Removes a value of ours, or restores what it replaced. */
function restore(path: JsonPath, entry: JournalEntry | undefined): Operation {
  const original = originalOf(entry);
  return original === undefined ? { path, value: undefined } : { path, value: null, json: original };
}

/** Brings the lines of `credHelpers` with our helper to what is wanted. @param isOther whether clients have a different login for a key */
export function helperOperations(before: Before, wanted: WantedConfig, isOther: (key: string) => boolean): Operation[] {
  const { credHelpers, credsStore } = before.config;
  const helpers = credHelpers ?? {};
  const helperOf = (key: string): string | undefined => (Object.hasOwn(helpers, key) ? helpers[key] : undefined);
  // With a credential store, docker ignores `auths`.
  const yielding = wanted.overridesAuths || credsStore ? [] : [...wanted.helperKeys].filter(isOther);
  const lastResort = [...wanted.lastResortKeys].filter((key) => !credsStore && !isOther(key));
  const keys = new Set([...wanted.helperKeys, ...lastResort].filter((key) => !yielding.includes(key)));
  const adding =
    wanted.adds && wanted.addsHelpers !== false ? [...keys].filter((key) => helperOf(key) === undefined) : [];
  const leaving = Object.keys(helpers).filter((key) => helpers[key] === HELPER && !keys.has(key));
  const allLeave = leaving.length > 0 && leaving.length === Object.keys(helpers).length && adding.length === 0;
  if (allLeave) {
    const entry = findEntry(wanted.former, { part: "credHelpers" });
    return [{ ...restore(["credHelpers"], entry), restored: "credHelpers" }];
  }
  const object = writtenObject(before, "credHelpers");
  return [
    ...adding.map((key, i) => ({ path: ["credHelpers", key], value: HELPER, written: i === 0 ? object : [] }) as const),
    ...leaving.map((key) => ({ path: ["credHelpers", key], value: undefined }) as const),
  ];
}

/** Brings the logins in `auths` to what is wanted, without changing those of others. */
export function authOperations(
  before: Before,
  wanted: WantedConfig,
  ours: OwnAuths,
): { operations: Operation[]; unchanged: Set<string>; isEmpty: boolean } {
  const auths = before.config.auths ?? {};
  const operations: Operation[] = [];
  const unchanged = new Set<string>();
  const object = writtenObject(before, "auths");
  for (const [key, text] of wanted.auths) {
    const own = findOwnEntry(auths, key, ours);
    if (Object.hasOwn(auths, key) && textOfEntry(entryOf(auths, key)) === text) unchanged.add(key);
    else if (wanted.replacesAuths !== true && hasOtherLogin(auths, key, ours)) continue;
    else if (wanted.adds || own !== undefined) {
      const path = ["auths", key] as const;
      const original = own === undefined ? openTextIn(before, path) : originalOf(own);
      const login = { key, sha256: fingerprint(text), ...(original === undefined ? {} : { text: original }) };
      operations.push({
        path,
        value: entryOfText(text),
        written: operations.length === 0 ? [...object, login] : [login],
      });
    }
  }
  const leaving = [...new Set(wanted.former.map(({ key }) => key))].flatMap((key) => {
    const entry = wanted.auths.has(key) ? undefined : findOwnEntry(auths, key, ours);
    return entry === undefined ? [] : restore(["auths", key], entry);
  });
  const isEmpty =
    operations.length === 0 &&
    leaving.length === Object.keys(auths).length &&
    leaving.every(({ value }) => value === undefined);
  const entry = findEntry(wanted.former, { part: "auths" });
  const isWhole = isEmpty && leaving.length > 0 && entry !== undefined;
  operations.push(...(isWhole ? [{ ...restore(["auths"], entry), restored: "auths" as const }] : leaving));
  return { operations, unchanged, isEmpty };
}

/**
 * The store that docker would choose is written down with the first login, and removed with the last one if nothing else
 * could be in it.
 * @param isEmpty whether the file has no other login
 */
export function storeOperations(
  { config: { credsStore }, text }: Before,
  isEmpty: boolean,
  { credsStore: wanted, adds, former }: WantedConfig,
): Operation[] {
  if (wanted !== undefined) {
    const written = [writtenPart("credsStore", wanted, textInJson(text, ["credsStore"]))];
    return !credsStore && adds ? [{ path: ["credsStore"], value: wanted, written }] : [];
  }
  const entry = credsStore && findEntry(former, { part: "credsStore", sha256: fingerprint(credsStore) });
  return entry && isEmpty ? [{ ...restore(["credsStore"], entry), restored: "credsStore" }] : [];
}
