import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "../../scripts/project.ts";
import { NOT_FOUND } from "../../src/clients/credential-helper.ts";
import type { TempHome } from "./temp-home.ts";

/**
 * A folder for the PATH with a program that stands for our credential helper, and knows no login. Every user may run it, and
 * it is this user's own, as the agent demands.
 */
export const HELPER_FOLDER = makeHelperFolder();

function makeHelperFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "registry-login-helper-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, "docker-credential-registry-login");
  writeFileSync(file, `#!/bin/sh\n# credential-helper\necho '${NOT_FOUND}'\nexit 1\n`);
  chmodSync(file, 0o755);
  chmodSync(folder, 0o755);
  return folder;
}

/** A folder for the PATH in which our credential helper can be found, as install.sh makes it. */
export function installHelper(home: TempHome, programs: readonly string[] = []): string {
  const folder = join(home.folder, "bin");
  const file = join(folder, "docker-credential-registry-login");
  mkdirSync(folder, { recursive: true });
  for (const name of programs) {
    if (!existsSync(join(folder, name))) writeFileSync(join(folder, name), "#!/bin/sh\nexit 1\n", { mode: 0o755 });
  }
  if (existsSync(file)) return folder;
  // A command that only checks for it must not run it.
  writeFileSync(file, `#!/bin/sh\n# credential-helper\ntouch ${join(home.folder, "helper-was-run")}\nexit 1\n`);
  chmodSync(file, 0o755);
  return folder;
}

/** A PATH on which `registry-login` is the agent from source. */
export function agentOnPath(home: Pick<TempHome, "folder">): string {
  const folder = join(home.folder, "agent");
  const file = join(folder, "registry-login");
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, `#!/bin/sh\ncd ${ROOT} && exec ${process.execPath} --import tsx src/main.ts "$@"\n`);
  chmodSync(file, 0o755);
  return `${folder}:${process.env.PATH}`;
}
