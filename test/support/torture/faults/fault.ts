import { renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Code } from "../../../../src/findings/finding.ts";
import type { FolderKind } from "../folder.ts";
import type { TortureHome } from "../home.ts";

/** A state of the file system in which the agent cannot work as usual. */
export interface Fault {
  readonly name: string;
  /** The code that the agent reports for what it cannot do; null: it does everything. */
  readonly code: Code | null;
  /** What it reports instead where no entry of ours is in the file yet. */
  readonly codeBefore?: Code;
  /** What the agent must not change. */
  readonly untouched?: (home: TortureHome) => string;
  /** Only root can make it. */
  readonly byRoot?: true;
  /** It does not stop root: the agent runs as another user. */
  readonly unprivileged?: true;
  /** The kind of folder that the home folder is made in. */
  readonly on?: FolderKind;
  /** @returns what undoes it */
  apply(home: TortureHome): () => void;
}

export type Pick = (home: TortureHome) => string;

export const config: Pick = (home) => home.config;
export const npmrc: Pick = (home) => home.npmrc;
export const dockerFolder: Pick = (home) => dirname(home.config);
export const state: Pick = (home) => home.state;
export const stateFile: Pick = (home) => join(home.state, "state.json");
export const vault: Pick = (home) => join(home.state, "vault");

/** Replaces a path by something else; undoing puts the original back. */
export function instead(name: string, pick: Pick, make: (path: string) => void, code: Code | null): Fault {
  return {
    name,
    code,
    ...(code === null ? {} : { untouched: pick }),
    apply: (home) => {
      const path = pick(home);
      renameSync(path, `${path}.aside`);
      make(path);
      return () => {
        rmSync(path, { recursive: true, force: true });
        renameSync(`${path}.aside`, path);
      };
    },
  };
}
