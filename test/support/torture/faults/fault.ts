import { renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Code } from "../../../../src/findings/finding.ts";
import type { Kind } from "../folder.ts";
import type { TortureHome } from "../home.ts";

/** Something that stands in the agent's way. */
export interface Fault {
  readonly name: string;
  /** What the agent says where it does not get everything done; null: it does. */
  readonly says: Code | null;
  /** What the agent has to leave exactly as it is. */
  readonly untouched?: (home: TortureHome) => string;
  /** Can only root make it? */
  readonly byRoot?: true;
  /** Is nothing to root: the agent runs as another user then. */
  readonly unprivileged?: true;
  /** What the home folder has to lie on. */
  readonly on?: Kind;
  /** @returns what takes it away again */
  apply(home: TortureHome): () => void;
}

export type Pick = (home: TortureHome) => string;

export const config: Pick = (home) => home.config;
export const npmrc: Pick = (home) => home.npmrc;
export const dockerFolder: Pick = (home) => dirname(home.config);
export const state: Pick = (home) => home.state;
export const stateFile: Pick = (home) => join(home.state, "state.json");
export const vault: Pick = (home) => join(home.state, "vault");

/** Puts something in the place of a path; what was there comes back. */
export function instead(name: string, pick: Pick, make: (path: string) => void, says: Code | null): Fault {
  return {
    name,
    says,
    ...(says === null ? {} : { untouched: pick }),
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
