import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildPackage } from "../../scripts/package.ts";
import { type NpmRegistry, startPublicNpmRegistry } from "./verdaccio.ts";

/** The command of the npm package, as people write it. */
export const PROGRAM = "npx --yes @registry-login/cli@1";

/** The line in devcontainer.json with which a host logs in. */
export function hookLine(args = ""): string {
  return `${PROGRAM} login --if-changed${args} || echo registry-login could not run`;
}

/** Starts an npm registry that has our package, as it is published. */
export async function publishOurPackage(): Promise<NpmRegistry> {
  const folder = mkdtempSync(join(tmpdir(), "registry-login-package-"));
  try {
    await buildPackage(folder);
    return await startPublicNpmRegistry(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
