import { join } from "node:path";
import { sha256 } from "../../platform/crypto.ts";
import { type Environment, homeFolder } from "../../platform/environment.ts";

import { editConfigFile, type LockWait } from "../../platform/shared-file.ts";

/** The setting under which npm looks for a registry's token. Source: https://docs.npmjs.com/cli/configuring-npm/npmrc */
export function npmTokenKey(host: string): string {
  return `//${host}/:_authToken`;
}

/** npm's configuration file of this user. */
export function npmrcFile(env: Environment): string {
  return env.NPM_CONFIG_USERCONFIG || env.npm_config_userconfig || join(homeFolder(env), ".npmrc");
}

/** What our bookkeeping remembers of a line. */
export function lineFingerprint(line: string): string {
  return sha256(line);
}

/**
 * A line of .npmrc as a setting and its value; null where it is none. npm itself, when it writes the file anew, puts
 * values that hold `=` and the like between quotes.
 * Source: https://github.com/npm/ini (`safe`, `unsafe`)
 */
export function parseNpmLine(line: string): { setting: string; value: string } | null {
  const [, setting, value] = /^\s*([^\s=;#][^=]*?)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
  return setting === undefined || value === undefined ? null : { setting, value: unquote(value) };
}

function unquote(value: string): string {
  if (!/^".*"$/.test(value)) return value;
  try {
    return String(JSON.parse(value));
  } catch {
    return value;
  }
}

export interface WantedLines {
  /** Setting -> value. A value is a token, or a reference like `${GITHUB_TOKEN}`, which npm replaces. */
  readonly values: ReadonlyMap<string, string>;
  /** The sha256 of lines that an earlier run wrote; those that are not wanted any more go. */
  readonly former: ReadonlySet<string>;
}

export interface NpmrcReport {
  /** Settings that somebody else gave another value, which stays. */
  readonly otherSettings: Set<string>;
  /** The sha256 of lines that say what is wanted, but that somebody else wrote. */
  readonly foreignLines: Set<string>;
}

/**
 * Brings .npmrc to what is wanted; every other line stays. A setting that somebody else wrote stays too.
 * A file that holds a token is made readable for its owner alone.
 * @param announce told, before the file is written, the sha256 of the lines that come into it
 * @throws UserError when the file cannot be written
 */
export async function editNpmrc(
  file: string,
  { values, former }: WantedLines,
  announce: (lines: ReadonlySet<string>) => void = () => undefined,
  lockWait?: LockWait,
): Promise<NpmrcReport> {
  let added = new Set<string>();
  let report: NpmrcReport = { otherSettings: new Set(), foreignLines: new Set() };
  const edit = (before: string | null): string => {
    report = { otherSettings: new Set(), foreignLines: new Set() };
    added = new Set();
    const lines = (before ?? "").split("\n");
    const eol = lines[0]?.endsWith("\r") === true ? "\r" : "";
    const wanted = [...values].map(([key, value]) => ({ key, line: `${key}=${value}` }));
    const isOurs = (line: string): boolean => isToken(line) && former.has(lineFingerprint(plainLine(line)));
    const kept = lines.filter((line) => !isOurs(line) || wanted.some((each) => each.line === plainLine(line)));
    const tokens = kept.filter(isToken);
    for (const { key, line } of wanted) {
      const there = tokens.find((each) => plainLine(each) === line);
      if (there !== undefined) {
        if (!isOurs(there)) report.foreignLines.add(lineFingerprint(line));
      } else if (tokens.some((each) => parseNpmLine(each)?.setting === key)) report.otherSettings.add(key);
      else {
        // The last line may have no end.
        if (kept.at(-1) !== "") kept.push(`${kept.pop()}${eol}`, "");
        kept.splice(-1, 0, line + eol);
        added.add(lineFingerprint(line));
      }
    }
    return kept.join("\n");
  };
  const holdsToken = (): boolean =>
    [...values].some(([key, value]) => !report.otherSettings.has(key) && !value.startsWith("${"));
  await editConfigFile(file, edit, { holdsSecret: holdsToken, beforeWrite: () => announce(added), lockWait });
  return report;
}

/** Only such lines are looked at closely: a file may have millions of others. */
function isToken(line: string): boolean {
  return line.includes("_authToken");
}

/** A line of .npmrc in the form in which we write it, whatever npm made of it since. */
export function plainLine(line: string): string {
  const parsed = parseNpmLine(line);
  return parsed === null ? line : `${parsed.setting}=${parsed.value}`;
}
