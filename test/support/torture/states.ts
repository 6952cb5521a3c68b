import { randomBytes } from "node:crypto";
import { secrets } from "../temp-home.ts";

/** The state of a home folder after one login. */
export interface LoginState {
  readonly storage: "memory" | "disk" | "plaintext";
  /** Identifier -> password, of registries that do not exist. */
  readonly passwords: Readonly<Record<string, string>>;
  /** The token in .npmrc. */
  readonly npmToken: string;
}

export const USER = "torture";

/** A part of every secret, which tells the files of this process from those of other processes. */
export const MARK = `planted-${randomBytes(6).toString("hex")}`;

/**
 * States that differ in each value and place, so that every login edits all files; their passwords change when URL-encoded.
 * Every state has every host: a login that a run does not see stays.
 */
export const STATES: readonly [LoginState, ...LoginState[]] = [
  { storage: "memory", passwords: all("one"), npmToken: `${MARK}-npm-one` },
  { storage: "plaintext", passwords: all("two"), npmToken: `${MARK}-npm-two` },
  { storage: "disk", passwords: all("three"), npmToken: `${MARK}-npm-three` },
  { storage: "plaintext", passwords: all("four"), npmToken: `${MARK}-npm-four` },
  { storage: "memory", passwords: all("five"), npmToken: `${MARK}-npm-five` },
];

function all(state: string): Record<string, string> {
  return Object.fromEntries(["A", "B", "C"].map((each) => [each, `${MARK}/${each}+${state} %`]));
}

export function hostOf(identifier: string): string {
  return `${identifier.toLowerCase()}.torture.example`;
}

/** Variables and arguments of the run that brings a home folder to a state, without checking the logins. */
export function commandFor(target: LoginState): {
  readonly env: Record<string, string>;
  readonly args: readonly string[];
} {
  const named = Object.entries(target.passwords).map(([identifier, password]) =>
    secrets(identifier, hostOf(identifier), USER, password),
  );
  const npm = secrets("NPM", "npm.pkg.github.com", USER, target.npmToken);
  return {
    env: Object.assign({}, ...named, npm),
    args: ["login", "--if-changed", "--no-verify", "--json", "--storage", target.storage],
  };
}
