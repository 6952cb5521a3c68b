import type { Environment } from "../../platform/environment.ts";
import { findProgram } from "../../platform/executable.ts";
import type { LoginConfig } from "./config.ts";

/** Whether a configuration names no store and holds no login, so that docker chooses a store. */
export function hasNoLogin({ auths, credHelpers, credsStore }: LoginConfig): boolean {
  return credsStore === null && Object.keys(auths).length + Object.keys(credHelpers).length === 0;
}

/**
 * The store that docker chooses where its configuration has no login.
 * @returns null where its program is missing
 * Source: docker/cli `cli/config/credentials.DetectDefaultStore`
 */
export function defaultStore(env: Environment, platform: NodeJS.Platform = process.platform): string | null {
  const names: Partial<Record<NodeJS.Platform, string>> = {
    darwin: "osxkeychain",
    win32: "wincred",
    linux: findProgram("pass", env, platform) === null ? "secretservice" : "pass",
  };
  const name = names[platform];
  return name !== undefined && findProgram(`docker-credential-${name}`, env, platform) !== null ? name : null;
}
