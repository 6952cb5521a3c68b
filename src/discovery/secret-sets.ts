import { type Environment, SECRET_NAME } from "../platform/environment.ts";
import type { Part } from "./request.ts";

/** The values found; SESSION_TOKEN is optional in every set. */
export type Parts = Readonly<Partial<Record<Part | "SESSION_TOKEN", string>>>;

/** The variables of one identifier. A part that is unset or empty is missing. */
export interface SecretSet {
  readonly identifier: string;
  readonly parts: Parts;
}

const PARTS: Readonly<Record<string, Part | "SESSION_TOKEN">> = {
  SERVER: "SERVER",
  USER: "USER",
  PASSWORD: "PASSWORD",
  SESSION_TOKEN: "SESSION_TOKEN",
};

/**
 * Finds the sets `<ID>_CONTAINER_REGISTRY_SERVER`, `_USER`, `_PASSWORD`, sorted by identifier.
 *
 * Names are not case-sensitive, as in Codespaces; of two spellings the upper-case one is used. SERVER and USER are trimmed;
 * of PASSWORD only one trailing line break is removed (files and `echo` add it).
 * Source: https://docs.github.com/codespaces/reference/allowing-your-codespace-to-access-a-private-registry
 */
export function findSecretSets(env: Environment): SecretSet[] {
  const sets = new Map<string, { -readonly [name in keyof Parts]: Parts[name] }>();
  // Sorted by code unit, upper case comes before lower case; the first spelling is used.
  for (const name of Object.keys(env).sort()) {
    const match = SECRET_NAME.exec(name);
    if (match === null) continue;
    const identifier = (match[1] ?? "").toUpperCase();
    const suffix = (match[2] ?? "").toUpperCase();
    const part = PARTS[suffix];
    const value = part === "PASSWORD" ? env[name]?.replace(/\r\n?$|\n$/, "") : env[name]?.trim();
    if (part === undefined || value === undefined || value === "") continue;
    const parts = sets.get(identifier) ?? {};
    parts[part] ??= value;
    sets.set(identifier, parts);
  }
  return [...sets].map(([identifier, parts]) => ({ identifier, parts })).sort(byIdentifier);
}

/** Order by code unit, so that "alphabetically first" is the same on every machine. */
export function byIdentifier(a: { identifier: string }, b: { identifier: string }): number {
  return a.identifier < b.identifier ? -1 : a.identifier > b.identifier ? 1 : 0;
}
