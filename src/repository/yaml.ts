import { LineCounter, parseDocument } from "yaml";
import { explain } from "../findings/finding.ts";
import { isRecord } from "../platform/jsonc.ts";
import type { Sources } from "./sources.ts";

/** A mapping of a YAML file. */
export type Mapping = Readonly<Record<string, unknown>>;

/**
 * Reads a YAML file of a repository whose root is a mapping: a compose file or one of a CI system.
 * @returns null for one that is missing or broken, which is noted
 * Source: https://yaml.org/spec/1.2.2/; merge keys, which compose accepts, are those of YAML 1.1
 */
export function readYaml(sources: Sources, file: string): Mapping | null {
  const text = sources.read(file);
  if (text === null) return null;
  const counter = new LineCounter();
  const document = parseDocument(text, { merge: true, logLevel: "silent", uniqueKeys: false, lineCounter: counter });
  const [error] = document.errors;
  if (error !== undefined) {
    sources.note(explain("source-broken", { file, line: counter.linePos(error.pos[0]).line }));
    return null;
  }
  try {
    const value: unknown = document.toJS({ maxAliasCount: MAX_ALIASES });
    return isRecord(value) ? value : null;
  } catch {
    // Aliases that would make a small file large.
    sources.note(explain("source-broken", { file, line: 1 }));
    return null;
  }
}

const MAX_ALIASES = 200;

/** The texts of a list, or of one text; numbers and the like are left out. */
export function textsOf(value: unknown): string[] {
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  return values.filter((each) => typeof each === "string");
}

/** `{A: 1}` or `[A=1, B]`: names with their values; null for a name that has none. */
export function pairsOf(value: unknown): [string, string | null][] {
  if (isRecord(value)) {
    return Object.entries(value).map(([name, each]) => [
      name,
      each === null || each === undefined ? null : String(each),
    ]);
  }
  return textsOf(value).map((entry) => {
    const [name = "", each] = entry.split(/=(.*)/s);
    return [name, each ?? null];
  });
}
