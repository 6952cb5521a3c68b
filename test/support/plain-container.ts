import { join } from "node:path";
import { COLLECTION_FOLDER, FEATURE_ID } from "../../scripts/project.ts";
import { KEEP, printKept } from "./keep.ts";
import { type Ran, run, tryRun } from "./shell.ts";

/** A container of any image that has a shell, with the staged Feature at /feature, where install.sh can be run. */
export interface PlainContainer {
  readonly id: string;
  /** Runs a shell command, as root or another user. */
  sh(command: string, options?: As): Promise<Ran>;
  /** Runs install.sh as a build would: as root, with the Feature's options as variables in capital letters. */
  install(options?: Readonly<Record<string, string>>): Promise<Ran>;
  /** What differs from the image, as docker prints it: `A` added, `C` changed, `D` deleted; folders only if empty. */
  changes(): Promise<string[]>;
  /** The size of its changes to the image, in bytes: what a layer would have. */
  size(): Promise<number>;
  /** Makes an image of it, as a build makes a layer. The caller removes it. */
  commit(image: string): Promise<void>;
  /** With KEEP=1 it stays. */
  remove(): Promise<void>;
}

export interface As {
  readonly user?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export interface PlainContainerOptions {
  /** Arguments for `docker run`; by default it shares this machine's network. */
  readonly runArgs?: readonly string[];
  /** The collection whose Feature it gets. */
  readonly collection?: string;
}

export async function startPlainContainer(
  image: string,
  { runArgs = ["--network=host"], collection = COLLECTION_FOLDER }: PlainContainerOptions = {},
): Promise<PlainContainer> {
  const feature = join(collection, "src", FEATURE_ID);
  const { stdout } = await run("docker", [
    "run",
    "--detach",
    "--init",
    ...runArgs,
    `--volume=${feature}:/feature:ro`,
    "--entrypoint=sh",
    image,
    "-c",
    "while :; do sleep 3600; done",
  ]);
  const id = stdout.trim();
  const sh = (command: string, { user = "root", env = {} }: As = {}): Promise<Ran> => {
    const variables = Object.entries(env).map(([name, value]) => `--env=${name}=${value}`);
    return tryRun("docker", ["exec", "--user", user, ...variables, id, "sh", "-c", command]);
  };
  return {
    id,
    sh,
    install: (env = {}) => sh("sh /feature/install.sh", { env }),
    changes: async () => {
      const lines = (await run("docker", ["diff", id])).stdout.split("\n").filter(Boolean);
      const isParent = (line: string) => lines.some((other) => other.slice(2).startsWith(`${line.slice(2)}/`));
      return lines.filter((line) => !isParent(line) && !/^. \/(feature|(usr\/)?sbin\/docker-init)$/.test(line));
    },
    size: async () => Number((await run("docker", ["inspect", "--size", "--format={{.SizeRw}}", id])).stdout),
    commit: async (image) => {
      await run("docker", ["commit", id, image]);
    },
    remove: async () => {
      if (KEEP) return printKept(`the container of ${image}`, id);
      await run("docker", ["rm", "--force", "--volumes", id]);
    },
  };
}
