import type { Environment } from "../platform/environment.ts";

/** A text whose variables were replaced. */
export interface Resolved {
  readonly text: string;
  /** The variables of the machine that its value depends on. */
  readonly depends: readonly string[];
  /** Those of them without a value, and without a default. */
  readonly unknown: readonly string[];
}

/**
 * Replaces the variables of devcontainer.json as the dev container CLI does.
 * @param cut called for a default that the CLI ends at its second colon, with the variable and what is used
 * Source: devcontainers/cli src/spec-common/variableSubstitution.ts
 */
export function resolveLocal(
  text: string,
  env: Environment,
  folder: string,
  cut: (variable: string, used: string) => void = () => undefined,
): Resolved {
  const depends: string[] = [];
  const unknown: string[] = [];
  const resolved = text.replace(/\$\{(.*?)\}/g, (all, inside: string) => {
    const [kind = "", name = "", fallback, ...more] = inside.split(":");
    if (kind === "localWorkspaceFolder") return folder;
    if (kind === "localWorkspaceFolderBasename") return folder.split(/[\\/]/).at(-1) ?? "";
    if (kind !== "localEnv" && kind !== "env") return all;
    depends.push(name);
    if (env[name] !== undefined) return env[name];
    if (fallback === undefined) unknown.push(name);
    else if (more.length > 0) cut(name, fallback);
    return fallback ?? "";
  });
  return { text: resolved, depends, unknown };
}

/** What a reader of `${NAME...}` takes: the value of a variable, or undefined. */
export type Lookup = (name: string) => string | undefined;

/** How texts with variables are written in a kind of file. */
export interface Dialect {
  /** The sign that keeps a `$` as it is: a backslash in Dockerfiles, a second `$` in compose files. */
  readonly escapeSign: "\\" | "`" | "$";
}

/**
 * Replaces `$NAME`, `${NAME}` and the forms with `-`, `:-`, `+`, `:+`, `?`, `:?`, `#`, `%` and `/` in it.
 * @returns the text, and the variables that have no value and no default
 * Sources: https://docs.docker.com/reference/dockerfile/#environment-replacement,
 *   https://docs.docker.com/reference/compose-file/interpolation/
 */
export function expand(text: string, lookup: Lookup, { escapeSign }: Dialect): { text: string; unknown: string[] } {
  const unknown: string[] = [];
  let result = "";
  for (let at = 0; at < text.length; ) {
    const sign = text[at] ?? "";
    if (sign === escapeSign && text[at + 1] === "$" && (escapeSign !== "$" || sign === "$")) {
      result += "$";
      at += 2;
      continue;
    }
    const [all = "", name = ""] = sign === "$" ? (/^\$([A-Za-z_]\w*)/.exec(text.slice(at)) ?? []) : [];
    if (all !== "") {
      result += valueFor(name, lookup, unknown);
      at += all.length;
    } else if (sign === "$" && text[at + 1] === "{") {
      const end = closing(text, at + 1);
      result += expandBraces(text.slice(at + 2, end), lookup, { escapeSign }, unknown);
      at = end + 1;
    } else {
      result += sign;
      at++;
    }
  }
  return { text: result, unknown };
}

function closing(text: string, open: number): number {
  for (let at = open, depth = 0; at < text.length; at++) {
    if (text[at] === "{") depth++;
    if (text[at] === "}" && --depth === 0) return at;
  }
  return text.length;
}

function expandBraces(inside: string, lookup: Lookup, dialect: Dialect, unknown: string[]): string {
  const [, name = "", operator = "", word = ""] = /^([A-Za-z_]\w*)(:?[-+?]|##?|%%?|\/\/?)?(.*)$/s.exec(inside) ?? [];
  const value = lookup(name);
  const isSet = operator.startsWith(":") ? value !== undefined && value !== "" : value !== undefined;
  const other = (): string => {
    const expanded = expand(word, lookup, dialect);
    unknown.push(...expanded.unknown);
    return expanded.text;
  };
  if (operator.endsWith("-")) return isSet ? (value ?? "") : other();
  if (operator.endsWith("+")) return isSet ? other() : "";
  if (operator.startsWith("#") || operator.startsWith("%"))
    return withoutPattern(valueFor(name, lookup, unknown), operator, word);
  if (operator.startsWith("/")) {
    const [pattern = "", by = ""] = word.split(/\/(.*)/s);
    const found = new RegExp(globOf(pattern), operator === "//" ? "g" : "");
    return valueFor(name, lookup, unknown).replace(found, by);
  }
  return valueFor(name, lookup, unknown);
}

function valueFor(name: string, lookup: Lookup, unknown: string[]): string {
  const value = lookup(name);
  if (value === undefined || value === "") unknown.push(name);
  return value ?? "";
}

function withoutPattern(value: string, operator: string, pattern: string): string {
  const isLong = operator.length === 2;
  const lengths = [...Array(value.length + 1).keys()];
  const whole = new RegExp(`^${globOf(pattern)}$`, "s");
  const fits = (length: number): boolean =>
    whole.test(operator.startsWith("#") ? value.slice(0, length) : value.slice(value.length - length));
  const length = (isLong ? lengths.reverse() : lengths).find(fits);
  if (length === undefined) return value;
  return operator.startsWith("#") ? value.slice(length) : value.slice(0, value.length - length);
}

function globOf(pattern: string): string {
  return pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
}
