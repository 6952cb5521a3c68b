import { join } from "node:path";
import { type Environment, homeFolder, variable } from "../platform/environment.ts";
import { isRecord, parseJsonc } from "../platform/jsonc.ts";
import { MAX_CONFIG_BYTES, readTextIfPossible } from "../platform/read-file.ts";

/**
 * The program with which VS Code starts containers, as its user settings name it (`dev.containers.dockerPath`).
 * @returns null where they do not, or cannot be read
 * Source: https://code.visualstudio.com/docs/configure/settings
 */
export function readDockerPath(env: Environment, platform: NodeJS.Platform): string | null {
  const text = readTextIfPossible(
    join(settingsFolder(env, platform), "Code", "User", "settings.json"),
    MAX_CONFIG_BYTES,
  );
  const settings = text === null ? null : parseJsonc(text);
  const path =
    settings?.isValid === true && isRecord(settings.value) ? settings.value["dev.containers.dockerPath"] : null;
  return typeof path === "string" && path !== "" ? path : null;
}

function settingsFolder(env: Environment, platform: NodeJS.Platform): string {
  const home = homeFolder(env, platform);
  if (platform === "win32") return variable(env, "APPDATA", platform) || join(home, "AppData", "Roaming");
  if (platform === "darwin") return join(home, "Library", "Application Support");
  return env.XDG_CONFIG_HOME || join(home, ".config");
}
