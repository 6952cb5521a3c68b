import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { COLLECTION_FOLDER, FEATURE_ID } from "../project.ts";
import { stage } from "../stage.ts";

/** The Feature as install.sh leaves it, below a temporary folder, and homes for those that use it. */
export interface Bed {
  readonly folder: string;
  readonly node: string;
  readonly registryLogin: string;
  readonly helper: string;
  /** A new empty home folder. */
  home(): string;
  /** The environment of a user, and nothing of this process's but the PATH. */
  env(home: string, more?: Readonly<Record<string, string>>): Record<string, string>;
  remove(): void;
}

/** Builds and installs. */
export async function makeBed(): Promise<Bed> {
  await stage();
  const feature = join(COLLECTION_FOLDER, "src", FEATURE_ID);
  const folder = mkdtempSync(join(tmpdir(), "registry-login-bench-"));
  const [lib, share, bin] = ["lib", "share", "bin"].map((name) => join(folder, name)) as [string, string, string];
  for (const each of [lib, share, bin]) mkdirSync(each);
  writeFileSync(join(share, "options"), "");
  const node = process.execPath;
  symlinkSync(node, join(lib, "node"));
  const agent = join(lib, "agent");
  execFileSync(node, [join(feature, "unpack.mjs"), join(feature, "agent.json.br"), agent]);
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
    env: (home, more = {}) => ({ HOME: home, PATH: process.env.PATH ?? "", ...more }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Takes away what a login in this home left, its vault in memory too. */
export function forget(home: string): void {
  try {
    const state = readFileSync(join(home, ".local/state/registry-login/state.json"), "utf8");
    const { memory } = JSON.parse(state) as { memory?: string };
    if (memory !== undefined) rmSync(memory, { recursive: true, force: true });
  } catch {}
  for (const name of [".local", ".docker"]) rmSync(join(home, name), { recursive: true, force: true });
}
