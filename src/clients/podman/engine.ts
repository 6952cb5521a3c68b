import { basename } from "node:path";
import type { Environment } from "../../platform/environment.ts";
import { findProgram } from "../../platform/executable.ts";
import { usesEngine } from "../docker/endpoint.ts";

/**
 * Are containers started with podman, which reads its own file and no credential store?
 * @param dockerPath the program that starts them, where somebody names it; else podman counts where docker is missing
 */
export function isPodmanEngine(env: Environment, dockerPath: string | undefined, platform: NodeJS.Platform): boolean {
  if (dockerPath !== undefined) return /^podman/i.test(basename(dockerPath.replaceAll("\\", "/")));
  return findProgram("podman", env, platform) !== null && !usesEngine(env);
}
