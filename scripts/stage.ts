import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { brotliCompressSync } from "node:zlib";
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
import { fetchRuntime, runtimeLines, wantedRuntimes } from "./runtime.ts";

export interface Staging {
  readonly folder?: string;
  /** Where the bundle goes before it is packed. */
  readonly agent?: string;
  /** Of which processors a Node travels inside the Feature, for builds without internet: about 52 MB each. */
  readonly runtimes?: readonly string[];
}

/**
 * Lays out build/collection as real copies, with the bundle inside: packed symlinks would be dropped when the Feature
 * is installed.
 * @throws Error when the Feature's version is not the package's
 */
export async function stage({
  folder = COLLECTION_FOLDER,
  agent = AGENT_FOLDER,
  runtimes = [],
}: Staging = {}): Promise<void> {
  const feature = readJson<{ version: string }>(`features/${FEATURE_ID}/devcontainer-feature.json`);
  if (feature.version !== packageVersion()) {
    throw new Error(`devcontainer-feature.json says version ${feature.version}, package.json ${packageVersion()}`);
  }
  await buildAgent(agent);
  rmSync(folder, { recursive: true, force: true });
  const target = join(folder, "src", FEATURE_ID);
  mkdirSync(target, { recursive: true });
  // The pages are read where the project is; in every image they would only take room.
  cpSync(FEATURE_FOLDER, target, { recursive: true, filter: (path) => !/^(?:NOTES|README)\.md$/.test(basename(path)) });
  writeFileSync(join(target, "agent.json.br"), packAgent(agent));
  cpSync(join(ROOT, "LICENSE"), join(target, "LICENSE"));
  writeFileSync(join(target, "runtime.txt"), runtimeLines());
  for (const processor of runtimes) fetchRuntime(processor, join(target, "runtime"));
  cpSync(join(ROOT, "test", FEATURE_ID), join(folder, "test", FEATURE_ID), { recursive: true });
}

/**
 * The agent's files in one compressed file, since a Feature is published as a plain tar; unpack.mjs is its counterpart.
 * The command line and the credential helper share much of their code, which takes room only once this way.
 */
export function packAgent(folder: string): Buffer {
  const files = readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), "utf8")]);
  return brotliCompressSync(JSON.stringify(Object.fromEntries(files)));
}

if (isProgram(import.meta.url)) {
  const runtimes = wantedRuntimes(process.argv);
  await stage({ runtimes });
  const inside = runtimes.length === 0 ? "" : `, with a Node for ${runtimes.join(" and ")} inside`;
  console.log(`staged the Feature in build/collection${inside}`);
}
