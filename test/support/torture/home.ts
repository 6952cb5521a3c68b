import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A person's home folder with files that other programs wrote. */
export interface TortureHome {
  readonly folder: string;
  readonly config: string;
  readonly npmrc: string;
  readonly state: string;
  readonly env: Readonly<Record<string, string>>;
  /** The folders with files of ours: the home folder, and the vault in memory if there is one. */
  folders(): string[];
  remove(): void;
}

/** In a format that no program of ours writes, so that the tests see a file that was reformatted. */
export const FOREIGN_CONFIG = [
  '  "HttpHeaders" :  { "X-Meta-Source": "cli"  },',
  '    "quay.io": {"auth":   "cGVyc29uOm93bg=="},',
  '    "index.docker.io": { "auth": "aHViOnB3" , "email": "a@b.example" }',
  '    "gcr.io" : "gcloud"',
  '  "plugins": {"x-cli-hints":{"enabled":"true"}},',
  '"psFormat":"table {{.ID}}\\\\t{{.Names}}"',
] as const;

const [HEADERS, QUAY, HUB, GCR, PLUGINS, FORMAT] = FOREIGN_CONFIG;
export const CONFIG_TEXT = `{\n${HEADERS}\n  "auths": {\n${QUAY}\n${HUB}\n  },\n  "credHelpers": {\n${GCR}\n  },\n${PLUGINS}\n${FORMAT}\n}\n`;

export const FOREIGN_NPMRC = [
  "; mine",
  "registry = https://npm.example.com/",
  "",
  `//npm.example.com/:_authToken=$\{NPM_TOKEN}`,
  "fund=false ",
] as const;
export const NPMRC_TEXT = `${FOREIGN_NPMRC.join("\n")}\n`;

/**
 * Makes such a home folder.
 * @param parent the folder that it is made in
 * @param uid its owner; this process's user by default
 */
export function makeTortureHome(parent = tmpdir(), uid?: number): TortureHome {
  const folder = mkdtempSync(join(parent, "registry-login-torture-"));
  const config = join(folder, ".docker", "config.json");
  const npmrc = join(folder, ".npmrc");
  const state = join(folder, ".local", "state", "registry-login");
  mkdirSync(join(folder, ".docker"), { mode: 0o700 });
  writeFileSync(config, CONFIG_TEXT, { mode: 0o600 });
  writeFileSync(npmrc, NPMRC_TEXT);
  if (uid !== undefined) for (const path of [folder, join(folder, ".docker"), config, npmrc]) chownSync(path, uid, uid);
  const memory = (): string[] => [readMemoryFolder(state)].filter((path) => existsSync(path));
  // Also those that the state file no longer names.
  const seen = new Set<string>();
  return {
    folder,
    config,
    npmrc,
    state,
    env: { HOME: folder },
    folders: () => {
      for (const path of memory()) seen.add(path);
      return [folder, ...memory()];
    },
    remove: () => {
      for (const path of [...seen, ...memory()]) rmSync(path, { recursive: true, force: true });
      if (existsSync(folder)) chmodSync(folder, 0o700);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The folder of the memory vault, as the state file names it, whoever owns that; "" where it names none. */
export function readMemoryFolder(stateFolder: string): string {
  try {
    return JSON.parse(readText(join(stateFolder, "state.json"))).memory ?? "";
  } catch {
    return "";
  }
}

/** The text of a file; empty if it is not a regular file, since reading a FIFO would block. */
export function readText(file: string): string {
  return statSync(file, { throwIfNoEntry: false })?.isFile() === true ? readFileSync(file, "utf8") : "";
}
