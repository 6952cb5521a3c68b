import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ROOT } from "../../scripts/project.ts";
import { CLI_FOLDER, ensureHostImage, HOST_IMAGE, STORES_FOLDER, type StoreName } from "./host-image.ts";
import { KEEP, printKept } from "./keep.ts";
import { type Ran, run, tryRun } from "./shell.ts";
import { type NpmRegistry, npmSettings } from "./verdaccio.ts";
import { engineSocket } from "./workspace.ts";

type Variables = Readonly<Record<string, string>>;

/** A machine on which somebody starts dev containers: a container of its own, next to the engine of this machine. */
export interface HostMachine {
  /** A folder that the machine and the engine see at the same path, for workspaces. */
  readonly folder: string;
  /** Runs a shell command in that folder as the machine's user. */
  sh(command: string, variables?: Variables): Promise<Ran>;
  /** Writes a file of the user, with its folders. */
  write(path: string, text: string): Promise<void>;
  /** Where docker has the login of a registry: `auths`, the name of a credential store, or null for nowhere. */
  placeOf(host: string): Promise<string | null>;
  /** The files of the user's home folder with their modes and checksums, and what the credential store holds. */
  snapshot(): Promise<string[]>;
  /** With KEEP=1 it stays. */
  remove(): Promise<void>;
}

export interface HostSettings {
  /** The credential store that its PATH has; null: none. */
  readonly store: StoreName | null;
  /** Who starts dev containers there. A user `vscode` may use the engine's socket. */
  readonly user: "root" | "vscode";
  /** Where its npm gets packages from. */
  readonly npm: NpmRegistry;
  /** A folder for workspaces, which the caller removes; by default a new one. */
  readonly folder?: string;
  /** More arguments of `docker create`. */
  readonly createArgs?: readonly string[];
  /** Variables of the machine. */
  readonly variables?: Variables;
  /** The engine's socket, if it is not that of this machine's engine. */
  readonly socket?: string;
}

/** Where the machine has the authority of the npm registry. */
const NPM_AUTHORITY = "/opt/npm.pem";

const MAKE_PASSWORD_STORE = "gpg -q --batch --passphrase '' --quick-gen-key me@example.com && pass init me@example.com";

const SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** Runs a shell command on a machine as its user. */
type Exec = (command: string, variables?: Variables, input?: string) => Promise<Ran>;

/** Starts one, with an unlocked and empty credential store. */
export async function startHostMachine(settings: HostSettings): Promise<HostMachine> {
  const { store, user } = settings;
  await ensureHostImage();
  const folder = settings.folder ?? mkdtempSync(join(tmpdir(), "registry-login-machine-"));
  chmodSync(folder, 0o777);
  const container = await startContainer(settings, folder);
  let variables = machineVariables(settings, folder);
  const exec: Exec = async (command, more = {}, input) => {
    const given = Object.entries({ ...variables, ...more }).flatMap(([name, value]) => ["--env", `${name}=${value}`]);
    const args = ["exec", "-i", "-u", user, "-w", folder, ...given, container, "sh", "-c", command];
    return await tryRun("docker", args, input === undefined ? {} : { input });
  };
  if (store === "pass") await succeed(exec(MAKE_PASSWORD_STORE));
  if (store === "secretservice") {
    variables = { ...variables, DBUS_SESSION_BUS_ADDRESS: await startKeyring(container, user, exec) };
  }
  return {
    folder,
    sh: (command, more) => exec(command, more),
    write: async (path, text) => {
      const file = join(folder, path);
      await succeed(exec(`mkdir -p '${dirname(file)}' && cat >'${file}'`, {}, text));
    },
    placeOf: (host) => placeOf(host, exec),
    snapshot: async () => (await succeed(exec(snapshotCommand(store)))).stdout.trim().split("\n").sort(),
    remove: async () => {
      if (KEEP) return printKept("the machine", container, user);
      // Files of its user.
      await run("docker", ["exec", container, "sh", "-c", `rm -rf '${folder}'/* '${folder}'/.[!.]*`]);
      await run("docker", ["rm", "-f", "-v", container]);
      if (settings.folder === undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function startContainer({ npm, socket, createArgs = [] }: HostSettings, folder: string): Promise<string> {
  const { mount, group } = await engineSocket();
  const { stdout } = await run("docker", [
    ...["create", "--init", "--network=host", group],
    `--mount=${socket === undefined ? mount : `type=bind,source=${socket},target=/var/run/docker.sock`}`,
    `--volume=${folder}:${folder}`,
    `--volume=${resolve(ROOT, "node_modules/@devcontainers/cli")}:${CLI_FOLDER}:ro`,
    `--volume=${npm.certFile}:${NPM_AUTHORITY}:ro`,
    ...createArgs,
    ...[HOST_IMAGE, "sleep", "infinity"],
  ]);
  const container = stdout.trim();
  await run("docker", ["start", container]);
  return container;
}

function machineVariables({ store, npm, variables }: HostSettings, folder: string): Variables {
  return {
    PATH: store === null ? SYSTEM_PATH : `${join(STORES_FOLDER, store)}:${SYSTEM_PATH}`,
    ...npmSettings({ port: npm.port, certFile: NPM_AUTHORITY }),
    npm_config_cache: join(folder, "npm-cache"),
    npm_config_update_notifier: "false",
    npm_config_fetch_retries: "0",
    ...variables,
  };
}

async function placeOf(host: string, exec: Exec): Promise<string | null> {
  const { stdout } = await exec("cat ~/.docker/config.json");
  const { auths = {}, credsStore = null } = stdout === "" ? {} : JSON.parse(stdout);
  if (auths[host] === undefined) return null;
  if (auths[host].auth !== undefined) return "auths";
  const listed = await exec(`docker-credential-${credsStore} list`);
  return listed.exitCode === 0 && host in JSON.parse(listed.stdout) ? credsStore : null;
}

async function succeed(running: Promise<Ran>): Promise<Ran> {
  const ran = await running;
  if (ran.exitCode === 0) return ran;
  throw new Error(`a command of the machine ended with ${ran.exitCode}:\n${ran.output.slice(-4000)}`);
}

/** Starts a session with an unlocked keyring. Returns the address of its bus. */
async function startKeyring(container: string, user: string, exec: Exec): Promise<string> {
  const keyring = "printf secret | gnome-keyring-daemon --unlock --components=secrets --foreground";
  const session = `echo "$DBUS_SESSION_BUS_ADDRESS" >/tmp/bus; exec ${keyring}`;
  await run("docker", ["exec", "-d", "-u", user, container, "dbus-run-session", "--", "sh", "-c", session]);
  for (let attempt = 0; attempt < 100; attempt++) {
    const address = (await exec("cat /tmp/bus")).stdout.trim();
    const env = { DBUS_SESSION_BUS_ADDRESS: address };
    if (address !== "" && (await exec("docker-credential-secretservice list", env)).exitCode === 0) return address;
    await sleep(100);
  }
  throw new Error("the keyring does not start");
}

/**
 * The stores write to their own files at any time, and leave empty folders: what they hold is in the list of the store, and
 * each entry of pass in a file.
 */
function snapshotCommand(store: StoreName | null): string {
  const own = ["./.gnupg", "./.local/share/keyrings", "./.cache/keyring-*"].map((path) => `-path '${path}'`);
  const prune = `\\( ${own.join(" -o ")} \\) -prune -o`;
  const emptied = "-type d -path './.password-store/*' -o";
  const files = `set -e; cd; find . ${prune} ${emptied} -printf '%M %u %p\\n'; find . ${prune} -type f -exec sha256sum {} +`;
  if (store === null) return files;
  const helper = `docker-credential-${store}`;
  const keys = `${helper} list | node -p 'Object.keys(JSON.parse(fs.readFileSync(0))).join("\\n")'`;
  return `${files}; ${helper} list; for key in $(${keys}); do printf %s "$key" | ${helper} get; echo; done`;
}
