import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Environment, homeFolder } from "../../platform/environment.ts";
import { findProgram } from "../../platform/executable.ts";
import { dockerConfigFile } from "../docker/edit-config.ts";

/** A file in which podman, skopeo and buildah look for a login. */
export interface PodmanFile {
  /** Absolute path. */
  readonly path: string;
  /** Whether it has the form of ~/.dockercfg: entries alone. */
  readonly isOld: boolean;
}

/** The files that podman, skopeo and buildah read. */
export interface PodmanFiles {
  /** The one that a variable names, which they read first, and new versions alone; null without one. */
  readonly named: PodmanFile | null;
  /** Whether podman and buildah refuse to run without the named file. */
  readonly isRequired: boolean;
  /** The others, in their order. */
  readonly others: readonly PodmanFile[];
}

/** Is a client installed that finds its logins as podman does? */
export function hasPodman(env: Environment): boolean {
  return ["podman", "skopeo", "buildah"].some((name) => findProgram(name, env) !== null);
}

/**
 * The files in which podman, skopeo and buildah look for a login.
 * Source: containers/image `getAuthFilePaths`; containers/common `auth.GetDefaultAuthFile`
 */
export function podmanFiles(env: Environment, platform: NodeJS.Platform = process.platform): PodmanFiles {
  const home = homeFolder(env, platform);
  const docker = dockerConfigFile(env, platform);
  const file = (path: string, isOld = false): PodmanFile => ({ path: resolve(path), isOld });
  // To skopeo, DOCKER_CONFIG is just where docker's file is.
  const isSkopeo = findProgram("skopeo", env) !== null && findProgram("podman", env) === null;
  const namesDocker = env.DOCKER_CONFIG && !(isSkopeo && findProgram("buildah", env) === null);
  const named = env.REGISTRY_AUTH_FILE || (namesDocker ? docker : "");
  const session = sessionFile(env, platform);
  return {
    named: named === "" ? null : file(named),
    isRequired: named !== "" && !isSkopeo,
    others: [
      ...(named === "" && session !== null ? [file(session)] : []),
      file(join(env.XDG_CONFIG_HOME || join(home, ".config"), "containers", "auth.json")),
      file(docker),
      file(join(home, ".dockercfg"), true),
    ],
  };
}

/** @returns null where XDG_RUNTIME_DIR names a folder that is missing */
function sessionFile(env: Environment, platform: NodeJS.Platform): string | null {
  const { XDG_RUNTIME_DIR } = env;
  return platform === "linux" && XDG_RUNTIME_DIR && !existsSync(XDG_RUNTIME_DIR) ? null : writtenFile(env, platform);
}

/** The file into which `podman login` writes, as an absolute path. Source: as of {@link podmanFiles} */
export function podmanLoginFile(env: Environment, platform: NodeJS.Platform): string {
  return resolve(env.REGISTRY_AUTH_FILE || writtenFile(env, platform));
}

function writtenFile(env: Environment, platform: NodeJS.Platform): string {
  if (platform !== "linux") return join(homeFolder(env, platform), ".config", "containers", "auth.json");
  return env.XDG_RUNTIME_DIR
    ? join(env.XDG_RUNTIME_DIR, "containers", "auth.json")
    : join("/run/containers", String(process.getuid?.() ?? 0), "auth.json");
}
