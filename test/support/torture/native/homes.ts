import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { ROOT } from "../../../../scripts/project.ts";
import { installPackages } from "../../engine.ts";
import { run } from "../../shell.ts";
import { FOREIGN_CONFIG } from "../home.ts";
import { killAllOf, startProgram } from "../process.ts";

/** Where docker would put a login: a store that its configuration names, one that it would choose, or its own file. */
export type NativeKind = "pass" | "default pass" | "slow store" | "file";

/** A person's home folder on a host, with logins of others. */
export interface NativeHome {
  readonly kind: NativeKind;
  readonly folder: string;
  readonly config: string;
  /** What follows `docker-credential-`; null where logins are in the file. */
  readonly store: string | null;
  /** The folder in which the store keeps its entries. */
  readonly storeFolder: string;
  readonly env: Readonly<Record<string, string>>;
  /** Parts of config.json that belong to others. */
  readonly foreign: readonly string[];
  remove(): void;
}

const PASS_FOLDER = join(ROOT, "build", "pass");
const PASS_PROGRAMS = join(PASS_FOLDER, "usr", "bin");

/**
 * Unpacks pass and its credential helper from Debian's packages. They are not installed: docker would then use them wherever
 * its configuration names no store.
 */
export async function fetchPass(): Promise<void> {
  await installPackages(["gnupg"]);
  if (existsSync(join(PASS_PROGRAMS, "docker-credential-pass"))) return;
  const downloads = mkdtempSync(join(tmpdir(), "registry-login-pass-"));
  try {
    await run("apt-get", ["update", "-qq"]);
    const packages = ["pass", "golang-docker-credential-helpers"];
    await run("apt-get", ["download", "-qq", ...packages], { cwd: downloads });
    mkdirSync(PASS_FOLDER, { recursive: true });
    for (const file of readdirSync(downloads)) await run("dpkg-deb", ["-x", join(downloads, file), PASS_FOLDER]);
  } finally {
    rmSync(downloads, { recursive: true });
  }
}

const SCRIPTED_STORE = join(ROOT, "test/support/stores/docker-credential-scripted");

const [HEADERS, QUAY, , GCR, PLUGINS, FORMAT] = FOREIGN_CONFIG;
const PLACEHOLDER = '    "quay.io":   { }';
const HELPERS = `  "credHelpers": {\n${GCR}\n  },`;
/** With a login of its own, docker looks for no other place. */
const FILE_CONFIG = `{\n${HEADERS}\n  "auths": {\n${QUAY.replace(/,$/, "")}\n  },\n${HELPERS}\n${PLUGINS}\n${FORMAT}\n}\n`;
const BARE_CONFIG = `{\n${HEADERS}\n${PLUGINS}\n${FORMAT}\n}\n`;

const storeConfig = (store: string): string =>
  `{\n${HEADERS}\n  "credsStore" :"${store}",\n  "auths": {\n${PLACEHOLDER}\n  },\n${HELPERS}\n${PLUGINS}\n${FORMAT}\n}\n`;

/** What each kind is made of. */
const KINDS: Readonly<Record<NativeKind, Pick<NativeHome, "store" | "foreign"> & { readonly text: string }>> = {
  pass: {
    store: "pass",
    text: storeConfig("pass"),
    foreign: [HEADERS, '"credsStore" :"pass"', PLACEHOLDER, GCR, PLUGINS, FORMAT],
  },
  "default pass": { store: "pass", text: BARE_CONFIG, foreign: [HEADERS, PLUGINS, FORMAT] },
  "slow store": {
    store: "slow",
    text: storeConfig("slow"),
    foreign: [HEADERS, '"credsStore" :"slow"', PLACEHOLDER, GCR, PLUGINS, FORMAT],
  },
  file: { store: null, text: FILE_CONFIG, foreign: [HEADERS, QUAY.replace(/,$/, ""), GCR, PLUGINS, FORMAT] },
};

/** Makes such a home folder; with pass, it has a key of its own. */
export async function makeNativeHome(kind: NativeKind): Promise<NativeHome> {
  const folder = mkdtempSync(join(tmpdir(), "registry-login-native-"));
  const config = join(folder, ".docker", "config.json");
  const bin = join(folder, "bin");
  const { store, foreign, text } = KINDS[kind];
  const storeFolder = join(folder, store === "pass" ? ".password-store" : "store");
  const env = {
    HOME: folder,
    PATH: `${bin}:${store === "pass" ? `${PASS_PROGRAMS}:` : ""}${process.env.PATH}`,
    STORE_DIR: storeFolder,
    STORE_MODE: "slow",
  };
  // A run that is killed before it has written anything down leaves empty folders above its own; most homes have these.
  const folders = [dirname(config), bin, join(folder, ".local", "state")];
  for (const each of folders) mkdirSync(each, { recursive: true, mode: 0o700 });
  writeFileSync(config, text, { mode: 0o600 });
  cpSync(SCRIPTED_STORE, join(bin, "docker-credential-slow"));
  const home: NativeHome = {
    kind,
    folder,
    config,
    store,
    storeFolder,
    env,
    foreign,
    remove: () => {
      // gpg's agent is one of them.
      killAllOf(folder);
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
  if (store === "pass") await initializePass(env);
  if (store !== null) {
    await must(`docker-credential-${store}`, ["store"], env, loginOf("quay.io", "person", "own"));
  }
  return home;
}

function loginOf(ServerURL: string, Username: string, Secret: string): string {
  return `${JSON.stringify({ ServerURL, Username, Secret })}\n`;
}

async function initializePass(env: NativeHome["env"]): Promise<void> {
  const key = ["--quick-gen-key", "torture@registry.example", "future-default", "default", "never"];
  await must("gpg", ["--batch", "--passphrase", "", ...key], env);
  await must("pass", ["init", "torture@registry.example"], env);
  await must("pass", ["insert", "--multiline", "mail/person"], env, "a secret that is not docker's\n");
}

async function must(program: string, args: readonly string[], env: NativeHome["env"], stdin = ""): Promise<void> {
  const { exitCode, stdout, stderr } = await startProgram(program, args, env, stdin).ended;
  if (exitCode !== 0) throw new Error(`${program} ${args[0]} ended with ${exitCode}: ${stdout}${stderr}`);
}
