import { realpathSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { type Explanation, explain } from "../../findings/finding.ts";
import { type Environment, homeFolder } from "../../platform/environment.ts";
import { findProgram } from "../../platform/executable.ts";
import { dockerConfigFile } from "./edit-config.ts";

/**
 * Why docker, where it is a snap, does not read a login: its home folder is a different one, hidden folders of the home folder
 * are closed to it, and so are programs of the machine, such as credential helpers.
 * @param helper what the config file names for the registry; "" for nothing
 * @returns null where docker is not a snap, or reads the login
 * Source: https://snapcraft.io/docs/environment-variables (HOME), https://snapcraft.io/docs/home-interface
 */
export function explainSnap(env: Environment, helper: string): Explanation | null {
  if (!isSnap(env)) return null;
  const file = dockerConfigFile(env);
  const home = homeFolder(env);
  const folder = join(home, "snap", "docker", "current", ".docker");
  const path = relative(home, file);
  if (!env.DOCKER_CONFIG || path.startsWith(".") || path.startsWith("/")) {
    return explain("docker-snap", { file, folder });
  }
  return helper === "" ? null : explain("docker-snap-helper", { file, helper });
}

/** All commands of snaps are links to one program. */
function isSnap(env: Environment): boolean {
  const docker = findProgram("docker", env);
  if (docker === null) return false;
  try {
    return docker.startsWith("/snap/bin/") || basename(realpathSync(docker)) === "snap";
  } catch {
    return false;
  }
}
