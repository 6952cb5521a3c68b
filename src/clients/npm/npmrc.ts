import { join } from "node:path";
import { type Environment, homeFolder } from "../../platform/environment.ts";
import type { Edit } from "../../platform/shared-file.ts";
import { fingerprint } from "../../store/journal.ts";

/** The setting under which npm looks for a registry's token. Source: https://docs.npmjs.com/cli/configuring-npm/npmrc */
export function npmTokenKey(host: string): string {
  return `//${host}/:_authToken`;
}

/** npm's configuration file of this user. */
export function npmrcFile(env: Environment): string {
  return env.NPM_CONFIG_USERCONFIG || env.npm_config_userconfig || join(homeFolder(env), ".npmrc");
}

/**
 * A line of .npmrc as a setting and its value; null if it is not one. When npm rewrites the file, it quotes
 * values that hold `=` and the like.
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

/** The wanted lines of ours in .npmrc. */
export interface WantedLines {
  /** Setting -> value. A value is a token, or a reference like `${GITHUB_TOKEN}`, which npm expands. */
  readonly values: ReadonlyMap<string, string>;
  /** Fingerprints of lines that earlier runs wrote; those that are not wanted any more are removed. */
  readonly former: ReadonlySet<string>;
}

/** An edit of .npmrc, and what was found in it. */
export interface NpmrcEdit extends Edit {
  /** Fingerprints of the lines that the edit adds. */
  readonly written: ReadonlySet<string>;
  /** Settings to which somebody else gave a different value; they are not changed. */
  readonly otherSettings: ReadonlySet<string>;
  /** Fingerprints of lines that hold what is wanted, but that somebody else wrote. */
  readonly foreignLines: ReadonlySet<string>;
}

/**
 * Changes .npmrc to what is wanted, without changing any other line, nor a setting that somebody else wrote.
 * @param before its text, null for a missing file
 */
export function editNpmrc(before: string | null, { values, former }: WantedLines): NpmrcEdit {
  const written = new Set<string>();
  const otherSettings = new Set<string>();
  const foreignLines = new Set<string>();
  const lines = (before ?? "").split("\n");
  const eol = lines[0]?.endsWith("\r") === true ? "\r" : "";
  const wanted = [...values].map(([key, value]) => ({ key, line: `${key}=${value}` }));
  const isOurs = (line: string): boolean => isToken(line) && former.has(fingerprint(plainLine(line)));
  const kept = lines.filter((line) => !isOurs(line) || wanted.some((each) => each.line === plainLine(line)));
  const tokens = kept.filter(isToken);
  for (const { key, line } of wanted) {
    const present = tokens.find((each) => plainLine(each) === line);
    if (present !== undefined) {
      if (!isOurs(present)) foreignLines.add(fingerprint(line));
    } else if (tokens.some((each) => parseNpmLine(each)?.setting === key)) otherSettings.add(key);
    else {
      // The last line may have no line break.
      if (kept.at(-1) !== "") kept.push(`${kept.pop()}${eol}`, "");
      kept.splice(-1, 0, line + eol);
      written.add(fingerprint(line));
    }
  }
  const holdsSecret = [...values].some(([key, value]) => !otherSettings.has(key) && !value.startsWith("${"));
  return { text: kept.join("\n"), holdsSecret, written, otherSettings, foreignLines };
}

/** Only such lines are parsed: a file may have millions of others. */
function isToken(line: string): boolean {
  return line.includes("_authToken");
}

/** A line of .npmrc in the form in which we write it, however npm has rewritten it since. */
export function plainLine(line: string): string {
  const parsed = parseNpmLine(line);
  return parsed === null ? line : `${parsed.setting}=${parsed.value}`;
}
