import { appendFileSync, cpSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { run } from "../../test/support/shell.ts";
import { withoutNpmSettings } from "../../test/support/verdaccio.ts";
import { ROOT } from "../project.ts";

/** A copy of the project in which a release is made: nothing is in it that is not committed. */
export interface Checkout {
  readonly folder: string;
  /** Its `build/release`. */
  readonly release: string;
  /** Runs one of its npm scripts, and returns what it printed on stdout. */
  script(name: string, args?: readonly string[], env?: Readonly<Record<string, string>>): Promise<string>;
  git(...args: readonly string[]): Promise<string>;
  remove(): void;
}

const AUTHOR = ["-c", "user.name=Rehearsal", "-c", "user.email=rehearsal@registry-login.invalid"];

/**
 * Makes a checkout.
 * @param from `clone`: of what is committed, with packages of its own (`npm ci`); `copy`: of the files as they are now, with the
 *   packages of this project
 */
export async function makeCheckout(from: "clone" | "copy"): Promise<Checkout> {
  const folder = mkdtempSync(join(tmpdir(), "registry-login-rehearsal-"));
  const git = async (...args: readonly string[]): Promise<string> =>
    (await run("git", [...AUTHOR, ...args], { cwd: folder })).stdout.trim();
  if (from === "clone") {
    await git("clone", "--quiet", "--no-hardlinks", ROOT, ".");
    await run("npm", ["ci", "--no-audit", "--no-fund"], { cwd: folder });
  } else {
    const left = new Set(["node_modules", "build", "dist", ".git"]);
    cpSync(ROOT, folder, { recursive: true, filter: (path) => path === ROOT || !left.has(basename(path)) });
    symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
    await git("init", "--quiet");
    // .gitignore has the folder; this is a link to one.
    appendFileSync(join(folder, ".git/info/exclude"), "/node_modules\n");
    await git("add", "--all");
    await git("commit", "--quiet", "-m", "the project as it is now");
  }
  return {
    folder,
    release: join(folder, "build/release"),
    git,
    script: async (name, args = [], env = {}) =>
      (
        await run("npm", ["run", "--silent", name, "--", ...args], {
          cwd: folder,
          env: { ...withoutNpmSettings(), ...env },
        })
      ).stdout,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
