import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build, type Metafile } from "esbuild";
import { AGENT_FOLDER, packageVersion, ROOT } from "./project.ts";

/**
 * Bundles the agent: `main.mjs`, the chunks that only some commands load, and the libraries' licences.
 * @param external packages to leave out, which then do not work
 */
export async function buildAgent(folder = AGENT_FOLDER, external: string[] = []): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: { main: "src/main.ts" },
    outdir: folder,
    external,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    splitting: true,
    platform: "node",
    format: "esm",
    // The oldest Node that install.sh takes.
    target: "node20",
    // The module forms of the libraries, which can be cut down to what is used.
    mainFields: ["module", "main"],
    minify: true,
    legalComments: "none",
    metafile: true,
    define: { REGISTRY_LOGIN_VERSION: JSON.stringify(packageVersion()) },
    // Libraries in CommonJS ask for Node's own modules by `require`.
    banner: {
      js: 'import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);',
    },
  });
  writeFileSync(join(folder, "LICENSES.txt"), licences(metafile));
}

/** The licence texts of the libraries that went into the bundle, as those licences ask for; each text once. */
function licences({ inputs }: Metafile): string {
  const folders = Object.keys(inputs).flatMap((input) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0] ?? []);
  const libraries = new Map<string, string[]>();
  for (const folder of [...new Set(folders)].sort()) {
    const { name, version, license } = JSON.parse(readFileSync(join(ROOT, folder, "package.json"), "utf8"));
    const file = readdirSync(join(ROOT, folder)).find((entry) => /^licen[cs]e/i.test(entry));
    const text = file === undefined ? "" : `\n${readFileSync(join(ROOT, folder, file), "utf8").trim()}\n`;
    libraries.set(text, [...(libraries.get(text) ?? []), `${name} ${version} (${license})`]);
  }
  return [...libraries].map(([text, names]) => `${names.join("\n")}\n${text}`).join("\n---\n\n");
}
