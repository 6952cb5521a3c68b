import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { ROOT } from "../../scripts/project.ts";
import { authOf } from "./encoding.ts";
import { BUSYBOX_IMAGE, ensureInstallImages } from "./install-images.ts";
import type { Registry, User } from "./registry.ts";
import { run, tryRun } from "./shell.ts";

const CLI = resolve(ROOT, "node_modules/.bin/devcontainer");

/** What a private registry has for dev containers. */
export interface PrivateThings {
  /** An image with a shell. */
  readonly image: string;
  /** The id of a Feature that makes the file /private-feature. */
  readonly feature: string;
}

/** Pushes and publishes them, with a configuration of its own. */
export async function publishPrivateThings({ host }: Registry, { user, password }: User): Promise<PrivateThings> {
  await ensureInstallImages(BUSYBOX_IMAGE);
  const folder = mkdtempSync(join(tmpdir(), "registry-login-things-"));
  try {
    writeFileSync(join(folder, "config.json"), JSON.stringify({ auths: { [host]: { auth: authOf(user, password) } } }));
    const image = `${host}/team/base:1`;
    await pushImage(BUSYBOX_IMAGE, image, folder);
    const feature = join(folder, "src", "hello");
    mkdirSync(feature, { recursive: true });
    const metadata = JSON.stringify({ id: "hello", version: "1.0.0", name: "hello" });
    writeFileSync(join(feature, "devcontainer-feature.json"), metadata);
    writeFileSync(join(feature, "install.sh"), "#!/bin/sh\ntouch /private-feature\n", { mode: 0o755 });
    const publish = ["features", "publish", "--registry", host, "--namespace", "team/features", join(folder, "src")];
    await run(CLI, publish, { env: { DOCKER_CONFIG: folder } });
    return { image, feature: `${host}/team/features/hello:1` };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Pushes an image of the engine under another name, and removes that name. */
export async function pushImage(image: string, name: string, config: string): Promise<void> {
  await run("docker", ["tag", image, name]);
  await run("docker", ["--config", config, "push", "-q", name]);
  await run("docker", ["rmi", name]);
}

/** Removes the containers of the workspaces below a folder, their images, and the images that were pulled from a host. */
export async function cleanEngine(folder: string, host: string, env: Record<string, string> = {}): Promise<void> {
  const lines = async (...args: string[]): Promise<string[]> =>
    (await run("docker", args, { env })).stdout.split("\n").filter((line) => line !== "");
  const places = '{{.Label "devcontainer.local_folder"}} {{.Label "com.docker.compose.project.working_dir"}}';
  const containers = (await lines("ps", "-a", `--format={{.ID}} ${places}`))
    .filter((line) => line.includes(folder))
    .map((line) => line.split(" ")[0] ?? "");
  if (containers.length > 0) await run("docker", ["rm", "-f", "-v", ...containers], { env });
  const names = await lines("images", "--format={{.Repository}}:{{.Tag}}");
  // The name of an image that the CLI builds has the folder's name, or that of its project.
  const isOurs = (name: string): boolean =>
    name.startsWith(`${host}/`) || name.includes(basename(folder).toLowerCase());
  // One that is the parent of another goes with it.
  for (const name of names.filter(isOurs)) await tryRun("docker", ["rmi", "-f", name], { env });
}
