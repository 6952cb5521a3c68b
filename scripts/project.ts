import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** The root of the project. */
export const ROOT = resolve(import.meta.dirname, "..");

export const FEATURE_ID = "registry-login";
export const FEATURE_FOLDER = resolve(ROOT, "features", FEATURE_ID);
/** The bundled agent. */
export const AGENT_FOLDER = resolve(ROOT, "build/agent");
/** The sources of the npm package, except the bundle. */
export const PACKAGE_SOURCES = resolve(ROOT, "packages/cli");
/** The npm package as it is published. */
export const PACKAGE_FOLDER = resolve(ROOT, "build/package");
/** The collection as `devcontainer features test`, `package` and `publish` want it: src/<id> and test/<id>. */
export const COLLECTION_FOLDER = resolve(ROOT, "build/collection");
/** The Feature of version 1.0.0, packed: what this version has to be compatible with. */
export const VERSION1_FEATURE = resolve(ROOT, "test/vectors/version-1.0.0/feature.tgz");

/** Parses a JSON file of the project. */
export function readJson<T>(file: string): T {
  return JSON.parse(readFileSync(resolve(ROOT, file), "utf8")) as T;
}

export function packageVersion(): string {
  return readJson<{ version: string }>("package.json").version;
}

/** Was this module called as a program? `import.meta.main` only exists from Node 24 on. */
export function isProgram(moduleUrl: string): boolean {
  return process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(moduleUrl);
}
