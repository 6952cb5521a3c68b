import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { AGENT_FOLDER, FEATURE_FOLDER } from "../../../scripts/project.ts";

/** The launchers that install.sh puts on the PATH. */
export type LauncherName = "docker-credential-registry-login" | "registry-login";

/**
 * Places a launcher as install.sh does, in a different folder, with a Node that logs each start.
 * @param home a home folder
 * @returns the launcher, and the log with one line per start
 */
export function placeLauncher(home: string, name: LauncherName): { readonly file: string; readonly log: string } {
  const lib = join(home, "lib");
  const log = join(home, "starts");
  mkdirSync(lib);
  symlinkSync(AGENT_FOLDER, join(lib, "agent"));
  writeFileSync(join(lib, "node"), `#!/bin/sh\necho start >>"${log}"\nexec "${process.execPath}" "$@"\n`);
  chmodSync(join(lib, "node"), 0o755);
  const text = readFileSync(join(FEATURE_FOLDER, "bin", name), "utf8");
  const places = { lib, share: home, secrets: join(home, "env-secrets") };
  const file = join(home, name);
  const placed = text.replace(/^(lib|share|secrets)=.*$/gm, (_, place: keyof typeof places) => {
    return `${place}=${places[place]}`;
  });
  writeFileSync(file, placed, { mode: 0o755 });
  return { file, log };
}
