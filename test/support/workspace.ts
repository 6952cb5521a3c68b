import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { COLLECTION_FOLDER, FEATURE_ID, ROOT } from "../../scripts/project.ts";
import { KEEP, printKept } from "./keep.ts";
import { type Ran, run, tryRun } from "./shell.ts";

const CLI = resolve(ROOT, "node_modules/.bin/devcontainer");

export interface CliOptions {
  /** For `--secrets-file`. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** Variables of the machine, for `${localEnv:...}`. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A folder with a devcontainer.json, for several runs of the dev container CLI. */
export interface Workspace {
  readonly folder: string;
  /** Runs a command of the CLI, which has to succeed, and returns all that it printed. */
  cli(command: string, args?: readonly string[], options?: CliOptions): Promise<string>;
  /** The current container. */
  id(): Promise<string>;
  /** Runs a shell command in it as its remote user, in an environment without any of the secrets. */
  sh(command: string, variables?: Readonly<Record<string, string>>): Promise<Ran>;
  restart(): Promise<void>;
  /** With its containers and images; with KEEP=1 all of it stays. */
  remove(): Promise<void>;
}

/**
 * Makes the folder, with the staged Feature next to devcontainer.json.
 * @param files other files next to devcontainer.json, by name
 */
export function makeWorkspace(
  config: Readonly<Record<string, unknown>>,
  files: Readonly<Record<string, string>> = {},
): Workspace {
  // The CLI makes image names from the folder's, and engines accept only lower-case ones.
  const folder = mkdtempSync(join(tmpdir(), "registry-login-host-"));
  const settings = join(folder, ".devcontainer");
  mkdirSync(settings);
  for (const [name, text] of Object.entries({ ...files, "devcontainer.json": JSON.stringify(config) })) {
    writeFileSync(join(settings, name), text);
  }
  cpSync(join(COLLECTION_FOLDER, "src", FEATURE_ID), join(settings, FEATURE_ID), { recursive: true });
  const containers = async (): Promise<string[]> => {
    const filter = `label=devcontainer.local_folder=${folder}`;
    return lines((await run("docker", ["ps", "-aq", "--filter", filter])).stdout);
  };
  const id = async (): Promise<string> => {
    const [only, ...others] = await containers();
    if (only === undefined || others.length > 0) throw new Error(`there is not one container of ${folder}`);
    return only;
  };
  const user = String(config.remoteUser ?? "root");
  return {
    folder,
    id,
    cli: async (command, args = [], { secrets, env = {} } = {}) => {
      const file = `${folder}-secrets.json`;
      if (secrets !== undefined) writeFileSync(file, JSON.stringify(secrets), { mode: 0o600 });
      const given = secrets === undefined ? [] : ["--secrets-file", file];
      try {
        return (await run(CLI, [command, "--workspace-folder", folder, ...given, ...args], { env })).output;
      } finally {
        rmSync(file, { force: true });
      }
    },
    sh: async (command, variables = {}) => {
      const given = Object.entries(variables).flatMap(([name, value]) => ["--env", `${name}=${value}`]);
      return await tryRun("docker", ["exec", "-u", user, ...given, await id(), "sh", "-c", `cd ~ && ${command}`]);
    },
    restart: async () => {
      await run("docker", ["restart", "--time=1", await id()]);
    },
    remove: async () => {
      if (KEEP) {
        for (const container of await containers()) printKept("a container of the workspace", container, user);
        return;
      }
      for (const container of await containers()) await run("docker", ["rm", "-f", "-v", container]);
      const reference = `reference=vsc-${basename(folder).toLowerCase()}-*`;
      const images = lines((await run("docker", ["images", "--format={{.Repository}}", "--filter", reference])).stdout);
      if (images.length > 0) await run("docker", ["rmi", ...images]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function lines(text: string): string[] {
  return text.split("\n").filter((line) => line !== "");
}

/** A mount of the engine's socket, and the group that may use it, for `docker` inside a container. */
export async function engineSocket(target = "/var/run/docker.sock"): Promise<{ mount: string; group: string }> {
  const { stdout } = await run("stat", ["-c", "%g", "/var/run/docker.sock"]);
  return { mount: `type=bind,source=/var/run/docker.sock,target=${target}`, group: `--group-add=${stdout.trim()}` };
}
