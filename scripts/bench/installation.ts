import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { COLLECTION_FOLDER, FEATURE_ID, readJson } from "../project.ts";
import { stage } from "../stage.ts";

/** The Feature as install.sh leaves it, below a temporary folder, and home folders for its users. */
export interface Installation {
  readonly folder: string;
  readonly node: string;
  readonly registryLogin: string;
  readonly helper: string;
  /** A new empty home folder. */
  home(): string;
  /** The environment of a user, with the launchers on the PATH. Of this process's own variables it has the PATH alone. */
  env(home: string, more?: Readonly<Record<string, string>>): Record<string, string>;
  /** How often the launchers start Node while `work` runs. */
  countStarts(work: () => Promise<unknown>): Promise<number>;
  remove(): void;
}

/** Builds the Feature and installs it. */
export async function install(): Promise<Installation> {
  await stage();
  const feature = join(COLLECTION_FOLDER, "src", FEATURE_ID);
  const folder = mkdtempSync(join(tmpdir(), "registry-login-bench-"));
  const [lib, share, bin] = ["lib", "share", "bin"].map((name) => join(folder, name)) as [string, string, string];
  for (const each of [lib, share, bin]) mkdirSync(each);
  writeFileSync(join(share, "options"), "");
  const node = process.execPath;
  const link = join(lib, "node");
  symlinkSync(node, link);
  execFileSync(node, [join(feature, "unpack.mjs"), join(feature, "agent.json.br"), join(lib, "agent")]);
  const [registryLogin, helper] = ["registry-login", "docker-credential-registry-login"].map((name) => {
    const text = readFileSync(join(feature, "bin", name), "utf8");
    const file = join(bin, name);
    writeFileSync(file, text.replace(/^lib=.*$/m, `lib=${lib}`).replace(/^share=.*$/m, `share=${share}`), {
      mode: 0o755,
    });
    return file;
  }) as [string, string];
  let homes = 0;
  return {
    folder,
    node,
    registryLogin,
    helper,
    home: () => {
      const home = join(folder, `home-${++homes}`);
      mkdirSync(home);
      return home;
    },
    env: (home, more = {}) => ({ HOME: home, PATH: `${bin}:${process.env.PATH ?? ""}`, ...more }),
    countStarts: async (work) => {
      const log = join(folder, "starts");
      rmSync(link);
      writeFileSync(link, `#!/bin/sh\necho start >>"${log}"\nexec "${node}" "$@"\n`, { mode: 0o755 });
      try {
        await work();
        return existsSync(log) ? readFileSync(log, "utf8").split("\n").length - 1 : 0;
      } finally {
        rmSync(link);
        rmSync(log, { force: true });
        symlinkSync(node, link);
      }
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** The folder of the vault in memory that a login in this home folder made; null where there is none. */
export function memoryVault(home: string): string | null {
  const file = join(home, ".local/state/registry-login/state.json");
  if (!existsSync(file)) return null;
  return readJson<{ memory?: string }>(file).memory ?? null;
}

/** Removes what a login in this home folder left. */
export function removeLogin(home: string): void {
  const vault = memoryVault(home);
  if (vault !== null) rmSync(vault, { recursive: true, force: true });
  for (const name of [".local", ".docker"]) rmSync(join(home, name), { recursive: true, force: true });
}
