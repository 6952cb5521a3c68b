import { userInfo } from "node:os";
import { explain } from "../findings/finding.ts";
import { UserError } from "../findings/user-error.ts";
import type { Part } from "./request.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The home folder; HOME comes first, as for every client.
 * @throws UserError where there is none
 */
export function homeFolder(env: Environment): string {
  if (env.HOME) return env.HOME;
  try {
    return userInfo().homedir;
  } catch {
    throw new UserError(explain("home-unknown"));
  }
}

/**
 * The environment without the secrets of the convention: for programs that the agent starts, which have no use for them.
 * GITHUB_TOKEN stays, since programs of GitHub's look for it there.
 */
export function withoutSecrets(env: Environment): Environment {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !NAME.test(name)));
}

/** The values found; SESSION_TOKEN only ever accompanies the three. */
export type Parts = Readonly<Partial<Record<Part | "SESSION_TOKEN", string>>>;

/** What the environment says of one identifier. A part that is unset or empty is missing. */
export interface SecretSet {
  readonly identifier: string;
  readonly parts: Parts;
  /** The names of variables that look like a part under another name, such as `X_CONTAINER_REGISTRY_USERNAME`. */
  readonly nearMisses: Readonly<Partial<Record<Part, string>>>;
}

// Greedy, so that an identifier may contain the infix itself: parse from the suffix.
const NAME = /^([a-z0-9_]+)_CONTAINER_REGISTRY_([a-z_]+)$/i;
const PARTS: Readonly<Record<string, Part | "SESSION_TOKEN">> = {
  SERVER: "SERVER",
  USER: "USER",
  PASSWORD: "PASSWORD",
  SESSION_TOKEN: "SESSION_TOKEN",
};
const NEAR_MISSES: Readonly<Record<string, Part>> = {
  HOST: "SERVER",
  URL: "SERVER",
  USERNAME: "USER",
  PASS: "PASSWORD",
  TOKEN: "PASSWORD",
};

/**
 * Finds the sets `<ID>_CONTAINER_REGISTRY_SERVER`, `_USER`, `_PASSWORD`, sorted by identifier.
 *
 * Names are not case-sensitive, as in Codespaces; where two spellings are set, the upper-case one counts. SERVER and
 * USER are trimmed, PASSWORD loses one trailing line break (files and `echo` add it) and keeps every other byte.
 * Source: https://docs.github.com/codespaces/reference/allowing-your-codespace-to-access-a-private-registry
 */
export function findSecretSets(env: Environment): SecretSet[] {
  const sets = new Map<
    string,
    { parts: { -readonly [name in keyof Parts]: Parts[name] }; nearMisses: Partial<Record<Part, string>> }
  >();
  // Sorted by code unit, upper case comes before lower case: the first spelling found wins.
  for (const name of Object.keys(env).sort()) {
    const match = NAME.exec(name);
    if (match === null) continue;
    const identifier = (match[1] ?? "").toUpperCase();
    const suffix = (match[2] ?? "").toUpperCase();
    const part = PARTS[suffix];
    const value = part === "PASSWORD" ? env[name]?.replace(/\r?\n$/, "") : env[name]?.trim();
    if (value === undefined || value === "") continue;
    const set = sets.get(identifier) ?? { parts: {}, nearMisses: {} };
    if (part !== undefined) set.parts[part] ??= value;
    else if (NEAR_MISSES[suffix] !== undefined) set.nearMisses[NEAR_MISSES[suffix]] ??= name;
    else continue;
    sets.set(identifier, set);
  }
  return [...sets]
    .filter(([, { parts }]) => Object.keys(parts).length > 0)
    .map(([identifier, set]) => ({ identifier, ...set }))
    .sort(byIdentifier);
}

/**
 * Does this text begin like a token? One that was put in place of a user name is still a secret.
 * Source: the token formats of GitHub, Docker Hub and GitLab in their documentation.
 */
export function looksLikeToken(text: string): boolean {
  return /^(?:gh[pousr]_|github_pat_|dckr_[a-z]+_|glpat-)/.test(text);
}

/** Order by code unit, so that "alphabetically first" is the same on every machine. */
export function byIdentifier(a: { identifier: string }, b: { identifier: string }): number {
  return a.identifier < b.identifier ? -1 : a.identifier > b.identifier ? 1 : 0;
}

/** Makes this environment, without the secrets, the one of this process, which the programs that it starts inherit. */
export function inherit(env: Environment): void {
  const left = withoutSecrets(env);
  for (const name of Object.keys(process.env)) if (left[name] === undefined) delete process.env[name];
  for (const [name, value] of Object.entries(left)) if (value !== undefined) process.env[name] = value;
}
