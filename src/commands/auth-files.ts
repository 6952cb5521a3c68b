import { existsSync, realpathSync } from "node:fs";
import { resolve } from "node:path";
import { dockerConfigFile, editDockerConfig, type Wanted } from "../clients/docker-config.ts";
import type { Environment } from "../discovery/environment.ts";
import { UserError } from "../findings/user-error.ts";

export interface AuthFilesReport {
  /** The files that hold something of ours now, for the next run to know. */
  readonly files: readonly string[];
  /** Why a file could not be edited. */
  readonly troubles: readonly UserError[];
}

/**
 * Registers with podman, skopeo and buildah where REGISTRY_AUTH_FILE names a file of their own: they look into it before
 * docker's configuration, recent versions into nothing else, and podman and buildah refuse to run while it is missing.
 * A run without the variable keeps up the files that earlier runs knew; one that names another file clears them.
 * @param former the files that earlier runs registered in
 * @param wanted what docker's own file gets; the two have the same form
 * Source: https://github.com/containers/image/blob/main/docs/containers-auth.json.5.md
 */
export async function registerAuthFiles(
  env: Environment,
  former: readonly string[],
  wanted: Wanted,
): Promise<AuthFilesReport> {
  const named = env.REGISTRY_AUTH_FILE ? resolve(env.REGISTRY_AUTH_FILE) : null;
  const empty = wanted.helperKeys.size + wanted.lastResortKeys.size + wanted.auths.size === 0;
  const nothing = { ...wanted, helperKeys: new Set<string>(), lastResortKeys: new Set<string>(), auths: new Map() };
  const files: string[] = [];
  const troubles: UserError[] = [];
  for (const file of new Set([...(named === null ? [] : [named]), ...former])) {
    // docker's own file may be named too; and one that somebody removed is not made anew unasked.
    if (isSameFile(file, dockerConfigFile(env)) || (file !== named && !existsSync(file))) continue;
    const stays = !empty && (named === null || file === named);
    try {
      await editDockerConfig(file, stays ? wanted : nothing);
      if (stays) files.push(file);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      troubles.push(error);
      if (former.includes(file)) files.push(file);
    }
  }
  return { files, troubles };
}

function isSameFile(one: string, other: string): boolean {
  const real = (file: string): string => (existsSync(file) ? realpathSync(file) : resolve(file));
  return real(one) === real(other);
}
