import { randomBytes } from "node:crypto";
import { secrets } from "../temp-home.ts";

/** What one login is to leave behind. */
export interface Wanted {
  readonly storage: "memory" | "disk" | "plaintext";
  /** Identifier -> password, of registries that nobody asks. */
  readonly passwords: Readonly<Record<string, string>>;
  /** The token in .npmrc; null: no line. */
  readonly npmToken: string | null;
}

export const USER = "torture";

/** Stands in every secret, so that what lies about can be told from what other processes left. */
export const MARK = `planted-${randomBytes(6).toString("hex")}`;

/** States that differ in everything, with passwords that URLs write otherwise, so that going from any to any other edits all files. */
export const STATES: readonly [Wanted, ...Wanted[]] = [
  { storage: "memory", passwords: { A: `${MARK}/a+one %`, B: `${MARK}/b+one %` }, npmToken: null },
  { storage: "plaintext", passwords: { B: `${MARK}/b+two %`, C: `${MARK}/c+two %` }, npmToken: `${MARK}-npm-two` },
  { storage: "disk", passwords: { A: `${MARK}/a+three %`, C: `${MARK}/c+three %` }, npmToken: `${MARK}-npm-three` },
  { storage: "plaintext", passwords: { A: `${MARK}/a+four %`, B: `${MARK}/b+four %` }, npmToken: null },
  { storage: "memory", passwords: { C: `${MARK}/c+five %` }, npmToken: `${MARK}-npm-five` },
];

export function hostOf(identifier: string): string {
  return `${identifier.toLowerCase()}.torture.example`;
}

export function authOf(password: string): string {
  return Buffer.from(`${USER}:${password}`).toString("base64");
}

/** Variables and words of the run that brings a home to a state, without asking the registries. */
export function loginTo(wanted: Wanted): { readonly env: Record<string, string>; readonly args: readonly string[] } {
  const named = Object.entries(wanted.passwords).map(([identifier, password]) =>
    secrets(identifier, hostOf(identifier), USER, password),
  );
  const npm = wanted.npmToken === null ? {} : secrets("NPM", "npm.pkg.github.com", USER, wanted.npmToken);
  return {
    env: Object.assign({}, ...named, npm),
    args: ["login", "--if-changed", "--no-verify", "--json", "--storage", wanted.storage],
  };
}
