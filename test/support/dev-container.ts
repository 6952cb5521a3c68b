import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { COLLECTION_FOLDER, FEATURE_ID, packageVersion, ROOT } from "../../scripts/project.ts";
import { KEEP, printKept } from "./keep.ts";
import { type Ran, run, tryRun } from "./shell.ts";

const CLI = resolve(ROOT, "node_modules/.bin/devcontainer");

/** Publishes the staged Feature to a registry, as a maintainer would, and returns the id for devcontainer.json. */
export async function publishFeature(registry: string): Promise<string> {
  const namespace = "acme/features";
  const source = join(COLLECTION_FOLDER, "src");
  await run(CLI, ["features", "publish", "--registry", registry, "--namespace", namespace, source]);
  return `${registry}/${namespace}/${FEATURE_ID}:${packageVersion().split(".")[0]}`;
}

export interface DevContainer {
  readonly id: string;
  /** What `devcontainer up` printed: the build, and the hooks. */
  readonly log: string;
  /** The image that the dev container was started from, Feature included. */
  readonly image: string;
  /** Runs a shell command as the container's remote user, in an environment without any of the secrets. */
  sh(command: string): Promise<Ran>;
  /** With KEEP=1 it stays. */
  remove(): Promise<void>;
}

export interface Up {
  readonly config: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, string>>;
}

/** The id of the staged Feature, which {@link up} puts next to every devcontainer.json. */
export const LOCAL_FEATURE = `./${FEATURE_ID}`;

/** What podman needs to make its namespaces inside a container. */
export const PODMAN_RUN_ARGS = ["--cap-add=SYS_ADMIN", "--cap-add=SETFCAP", "--security-opt=seccomp=unconfined"];

/** Starts a dev container with `devcontainer up --secrets-file`. */
export async function up({ config, secrets }: Up): Promise<DevContainer> {
  const workspace = mkdtempSync(join(tmpdir(), "registry-login-workspace-"));
  mkdirSync(join(workspace, ".devcontainer"));
  writeFileSync(join(workspace, ".devcontainer/devcontainer.json"), JSON.stringify(config));
  cpSync(join(COLLECTION_FOLDER, "src", FEATURE_ID), join(workspace, ".devcontainer", FEATURE_ID), { recursive: true });
  const secretsFile = `${workspace}-secrets.json`;
  writeFileSync(secretsFile, JSON.stringify(secrets), { mode: 0o600 });
  const args = ["up", "--workspace-folder", workspace, "--secrets-file", secretsFile, "--log-level", "trace"];
  const ran = await tryRun(CLI, args).finally(() => rmSync(secretsFile));
  const id = /"outcome":"success","containerId":"([0-9a-f]+)"/.exec(ran.stdout)?.[1];
  if (id === undefined) throw new Error(`devcontainer up ended with ${ran.exitCode}:\n${ran.output.slice(-8000)}`);
  const { stdout } = await run("docker", ["inspect", "-f", "{{.Image}} {{.Config.Image}}", id]);
  const [image = "", name = ""] = stdout.trim().split(" ");
  const user = String(config.remoteUser ?? "root");
  return {
    id,
    log: ran.output,
    image,
    sh: (command) => tryRun("docker", ["exec", "-u", user, id, "sh", "-c", `cd ~ && ${command}`]),
    remove: async () => {
      if (KEEP) return printKept("the dev container", id, user);
      await run("docker", ["rm", "-f", "-v", id]);
      await removeImages(name);
      rmSync(workspace, { recursive: true, force: true });
    },
  };
}

/**
 * A shell command that runs some hours later: libfaketime moves the clock of programs; the times of the cached answers,
 * which the launcher compares with the kernel's clock, move back.
 * @param hours since the container started
 * @param since hours of earlier commands
 */
export function later(hours: number, command: string, since = 0): string {
  const seconds = (hours - since) * 3600;
  const files = "~/.local/state/registry-login/answers/*";
  const age = `for f in ${files}; do touch -d "@$(($(stat -c %Y "$f") - ${seconds}))" "$f"; done`;
  return `${age}; faketime -f +${hours}h ${command}`;
}

/** The image that the dev container CLI built, and the one below it, where it gave the user another id. */
async function removeImages(name: string): Promise<void> {
  if (!name.startsWith("vsc-")) return;
  await run("docker", ["rmi", ...new Set([name, name.replace(/-uid$/, "")])]);
}
