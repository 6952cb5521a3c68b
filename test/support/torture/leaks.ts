import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { leaks } from "../leaks.ts";
import { filesBelow } from "../temp-home.ts";
import type { TortureHome } from "./home.ts";
import { type LoginState, MARK, STATES, USER } from "./states.ts";

/** The forms of secrets (plain, base64, URL-encoded) that a text contains, except where a state may have them. */
export function findLeaks(text: string, isAllowed: (state: LoginState, isNpmToken: boolean) => boolean): string[] {
  return STATES.flatMap((state) => {
    const all = [...Object.values(state.passwords), state.npmToken];
    const bad = all.filter((secret) => !isAllowed(state, secret === state.npmToken));
    return bad.flatMap((secret) => leaks(text, USER, secret));
  });
}

/** Secrets in the output of a run, where none is allowed. */
export function findLeaksInOutput({ stdout, stderr }: { readonly stdout: string; readonly stderr: string }): string[] {
  return findLeaks(stdout + stderr, () => false).map((form) => `output: ${form}`);
}

/**
 * Secrets in files, temporary files and locks included, where none of these states keeps them.
 */
export function findLeaksInFiles(home: TortureHome, states: readonly LoginState[]): string[] {
  const files = home.folders().flatMap(filesBelow);
  return files.flatMap((file) =>
    findLeaks(
      readIfThere(file),
      (state, isNpmToken) => states.includes(state) && isPlaceOf(relative(home.folder, file), state, isNpmToken),
    ).map((form) => `${file}: ${form}`),
  );
}

/** docker removes its temporary files meanwhile. */
function readIfThere(file: string): string {
  try {
    return readFileSync(file, "latin1");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw error;
  }
}

/** May a file below the home folder, or a temporary file or copy next to it, hold this kind of secret? */
function isPlaceOf(path: string, { storage }: LoginState, isNpmToken: boolean): boolean {
  const isOfNpm = /^\.npmrc|^\.\.npmrc\.registry-login-/.test(path) || path === "source";
  if (isNpmToken) return isOfNpm;
  if (storage === "memory") return path.startsWith("../");
  if (storage === "disk") return /^\.local\/state\/registry-login[^/]*\/vault\//.test(path);
  return path.startsWith(".docker") || path === "source";
}

/** Files of vaults in memory that hold a secret of ours, and that the state file does not name. */
export function findOrphans(home: TortureHome): string[] {
  const known = home.folders();
  const candidates = readdirSync("/dev/shm").filter((name) => /^registry-login-[0-9a-f]{16}$/.test(name));
  return candidates
    .map((name) => join("/dev/shm", name))
    .filter((folder) => !known.includes(folder))
    .flatMap((folder) => {
      try {
        return filesBelow(folder).filter((file) => readFileSync(file, "latin1").includes(MARK));
      } catch {
        // It belongs to another process, which has removed it meanwhile.
        return [];
      }
    });
}
