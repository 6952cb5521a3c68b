import { dirname } from "node:path";
import { type Explanation, explain } from "../findings/finding.ts";
import type { Environment } from "../platform/environment.ts";
import { isMountedFromOutside } from "../platform/mounts.ts";
import { realPath } from "../platform/real-path.ts";
import type { Registry } from "../registries/registry.ts";
import { HELPER } from "./credential-helper.ts";
import { readLoginConfig } from "./docker/config.ts";
import { dockerConfigFile } from "./docker/edit-config.ts";
import { explainHelperProgram } from "./helper-program.ts";

/**
 * Why docker's configuration must not lead to a login of ours: clients could not use it, or others would read it too. Null
 * where it may.
 * @param needsHelper whether the login is in a vault; with plaintext storage, no helper is needed
 * @param isHost whether this is outside of containers, where a mounted file is this machine's own
 */
export function explainUnregistrable(
  env: Environment,
  registry: Registry,
  needsHelper: boolean,
  isHost = false,
): Explanation | null {
  const file = dockerConfigFile(env);
  // Somebody who wrote our lines into a mounted file wants them there; they need nothing more.
  if (!isHost && isSharedConfig(file) && !(needsHelper && hasLines(file, registry))) {
    return explain("config-mounted", { file, variable: "DOCKER_CONFIG", kind: "folder" });
  }
  return needsHelper ? explainHelperProgram(env, "docker") : null;
}

/**
 * Is docker's config file, or its folder, the one of the machine outside of this container? A line that names our helper
 * would break the pulls of that machine, which lacks it.
 */
export function isSharedConfig(file: string): boolean {
  return isShared(dirname(file)) || isShared(file);
}

/** The same for the file that REGISTRY_AUTH_FILE names; its folder may be a workspace, which always comes from outside. */
export function explainSharedAuthFile(file: string): Explanation | null {
  return isShared(file) ? explain("config-mounted", { file, variable: "REGISTRY_AUTH_FILE", kind: "file" }) : null;
}

function isShared(path: string): boolean {
  return isMountedFromOutside(realPath(path));
}

function hasLines(file: string, { keys }: Registry): boolean {
  const config = readLoginConfig(file);
  return !("code" in config) && keys.every((key) => config.credHelpers[key] === HELPER);
}
