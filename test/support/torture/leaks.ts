import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { formsOf } from "../planted.ts";
import { filesBelow } from "../temp-home.ts";
import type { TortureHome } from "./home.ts";
import { MARK, STATES, USER, type Wanted } from "./states.ts";

/** Which secrets of which states stand in a text, in whatever form: plain, base64, URL-encoded. One line for each. */
export function findLeaks(text: string, mayStandThere: (state: Wanted, isNpmToken: boolean) => boolean): string[] {
  return STATES.flatMap((state) => {
    const all = [...Object.values(state.passwords), ...(state.npmToken === null ? [] : [state.npmToken])];
    const bad = all.filter((secret) => !mayStandThere(state, secret === state.npmToken));
    return bad.flatMap((secret) => formsOf(USER, secret).filter((form) => text.includes(form)));
  });
}

/** Secrets in what a run printed, which none may be in. */
export function findLeaksInOutput({ stdout, stderr }: { readonly stdout: string; readonly stderr: string }): string[] {
  return findLeaks(stdout + stderr, () => false).map((form) => `output: ${form}`);
}

/**
 * Secrets in files, drafts and locks included, where no state that a home may be in keeps them; and vaults in memory
 * that the bookkeeping does not name.
 */
export function findLeaksInFiles(home: TortureHome, states: readonly Wanted[]): string[] {
  const files = home.folders().flatMap(filesBelow);
  return files.flatMap((file) =>
    findLeaks(
      readFileSync(file, "latin1"),
      (state, isNpmToken) => states.includes(state) && isPlaceOf(relative(home.folder, file), state, isNpmToken),
    ).map((form) => `${file}: ${form}`),
  );
}

/** May a file below the home folder, or a draft or a copy beside it, hold this kind of secret? */
function isPlaceOf(path: string, { storage }: Wanted, isNpmToken: boolean): boolean {
  const isOfNpm = /^\.npmrc|^\.\.npmrc\.registry-login-/.test(path) || path === "source";
  if (isNpmToken) return isOfNpm;
  if (storage === "memory") return path.startsWith("../");
  if (storage === "disk") return /^\.local\/state\/registry-login[^/]*\/vault\//.test(path);
  return path.startsWith(".docker") || path === "source";
}

/** Files of vaults in memory that hold a secret of ours, and that the bookkeeping does not name. */
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
        // Of another process of this machine, which took it away meanwhile.
        return [];
      }
    });
}
