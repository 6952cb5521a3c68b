import { randomBytes } from "node:crypto";
import { secrets } from "../temp-home.ts";

/** The state of a home folder after one login. */
export interface LoginState {
  readonly storage: "memory" | "disk" | "plaintext";
  /** Identifier -> password, of registries that do not exist. */
  readonly passwords: Readonly<Record<string, string>>;
  /** The token in .npmrc; null: no line. */
  readonly npmToken: string | null;
}

export const USER = "torture";

/** A part of every secret, which tells the files of this process from those of other processes. */
export const MARK = `planted-${randomBytes(6).toString("hex")}`;

/** States that differ in everything, so that every login edits all files; their passwords change when URL-encoded. */
export const STATES: readonly [LoginState, ...LoginState[]] = [
  { storage: "memory", passwords: { A: `${MARK}/a+one %`, B: `${MARK}/b+one %` }, npmToken: null },
  { storage: "plaintext", passwords: { B: `${MARK}/b+two %`, C: `${MARK}/c+two %` }, npmToken: `${MARK}-npm-two` },
  { storage: "disk", passwords: { A: `${MARK}/a+three %`, C: `${MARK}/c+three %` }, npmToken: `${MARK}-npm-three` },
  { storage: "plaintext", passwords: { A: `${MARK}/a+four %`, B: `${MARK}/b+four %` }, npmToken: null },
  { storage: "memory", passwords: { C: `${MARK}/c+five %` }, npmToken: `${MARK}-npm-five` },
];

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
  const npm = target.npmToken === null ? {} : secrets("NPM", "npm.pkg.github.com", USER, target.npmToken);
  return {
    env: Object.assign({}, ...named, npm),
    args: ["login", "--if-changed", "--no-verify", "--json", "--storage", target.storage],
  };
}
