import { cpSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildAgent, HOST_ENTRIES } from "./build.ts";
import { isProgram, PACKAGE_FOLDER, PACKAGE_SOURCES, ROOT, readJson } from "./project.ts";

const PROGRAM = "bin/registry-login.js";

/** What the project's package.json and the published one have in common. */
interface Manifest {
  readonly version: string;
  readonly license: string;
  readonly repository: unknown;
  readonly engines: unknown;
}

/** Makes the npm package, as it is published, in a folder: what is in packages/cli, the bundle, and what belongs to it. */
export async function buildPackage(folder = PACKAGE_FOLDER): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  cpSync(PACKAGE_SOURCES, folder, { recursive: true });
  cpSync(join(ROOT, "LICENSE"), join(folder, "LICENSE"));
  await buildAgent(join(folder, "agent"), { entryPoints: HOST_ENTRIES });
  writeFileSync(join(folder, "package.json"), `${JSON.stringify(manifest(), null, 2)}\n`);
}

/** The published package.json. It names no dependency: the bundle has them all. */
function manifest(): Record<string, unknown> {
  const { version, license, repository, engines } = readJson<Manifest>("package.json");
  return {
    name: "@registry-login/cli",
    version,
    description:
      "Logs docker, podman and other container clients in to private registries, from three secrets per registry",
    keywords: ["docker", "podman", "registry", "login", "credential-helper", "devcontainer"],
    license,
    repository,
    type: "commonjs",
    engines,
    // One file, so that npx knows what to run: with two it demands one that is called `cli`, as the package is.
    bin: { "registry-login": PROGRAM, "docker-credential-registry-login": PROGRAM },
    files: ["agent", "bin"],
    // npm's own default for a name with a scope is a private package.
    publishConfig: { access: "public" },
  };
}

if (isProgram(import.meta.url)) {
  await buildPackage();
  console.log("made the npm package in build/package");
}
