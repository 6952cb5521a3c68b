import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { gzipSync } from "node:zlib";
import { buildAgent } from "./build.ts";
import {
  AGENT_FOLDER,
  COLLECTION_FOLDER,
  FEATURE_FOLDER,
  FEATURE_ID,
  isProgram,
  packageVersion,
  ROOT,
  readJson,
} from "./project.ts";

/**
 * Lays out build/collection as real copies, with the bundle inside: packed symlinks would be dropped when the Feature
 * is installed.
 * @throws Error when the Feature's version is not the package's
 */
export async function stage(): Promise<void> {
  const feature = readJson<{ version: string }>(`features/${FEATURE_ID}/devcontainer-feature.json`);
  if (feature.version !== packageVersion()) {
    throw new Error(`devcontainer-feature.json says version ${feature.version}, package.json ${packageVersion()}`);
  }
  await buildAgent();
  rmSync(COLLECTION_FOLDER, { recursive: true, force: true });
  const target = join(COLLECTION_FOLDER, "src", FEATURE_ID);
  mkdirSync(target, { recursive: true });
  // NOTES.md is a part of README.md, word for word.
  cpSync(FEATURE_FOLDER, target, { recursive: true, filter: (path) => basename(path) !== "NOTES.md" });
  writeFileSync(join(target, "agent.json.gz"), packAgent());
  cpSync(join(ROOT, "LICENSE"), join(target, "LICENSE"));
  writeFileSync(join(target, "runtime.txt"), runtimes());
  cpSync(join(ROOT, "test", FEATURE_ID), join(COLLECTION_FOLDER, "test", FEATURE_ID), { recursive: true });
}

/** The agent's files in one compressed file, since a Feature is published as a plain tar; unpack.mjs is its counterpart. */
function packAgent(): Buffer {
  const files = readdirSync(AGENT_FOLDER).map((name) => [name, readFileSync(join(AGENT_FOLDER, name), "utf8")]);
  return gzipSync(JSON.stringify(Object.fromEntries(files)), { level: 9 });
}

/**
 * The private Node for images that have none: a line `<processor> <address> <sha512>` each. The version and sha512 are
 * those of the lock file, the address is that of the npm registry this machine is set up for.
 */
function runtimes(): string {
  const registry = new URL(execFileSync("npm", ["config", "get", "registry"], { encoding: "utf8" }).trim());
  if (registry.username !== "" || registry.password !== "") {
    throw new Error("the npm registry's address holds a login, which would be published with the Feature");
  }
  const { packages } = readJson<{ packages: Record<string, { version: string; integrity: string }> }>(
    "package-lock.json",
  );
  const lines = ["x64", "arm64"].map((processor) => {
    const name = `node-linux-${processor}`;
    const locked = packages[`node_modules/${name}`];
    if (locked === undefined || !locked.integrity.startsWith("sha512-"))
      throw new Error(`no sha512 of ${name} in package-lock.json`);
    const sha512 = Buffer.from(locked.integrity.slice("sha512-".length), "base64").toString("hex");
    return `${processor} ${new URL(`${name}/-/${name}-${locked.version}.tgz`, registry).href} ${sha512}\n`;
  });
  return lines.join("");
}

if (isProgram(import.meta.url)) {
  await stage();
  console.log("staged the Feature in build/collection");
}
