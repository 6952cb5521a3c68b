import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type BuildOptions, build, type Plugin } from "esbuild";
import { billOfMaterials, librariesOf, licenceTexts } from "./libraries.ts";
import { AGENT_FOLDER, packageVersion, ROOT } from "./project.ts";

/** Beside the bundle: what it is made of. */
export const SBOM = "sbom.cdx.json";

/**
 * Bundles the agent: `main.mjs`, the chunks that only some commands load, the libraries' licences and the list of them.
 * @param external packages to leave out, which then do not work
 */
export async function buildAgent(folder = AGENT_FOLDER, external: string[] = []): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const { metafile } = await build({ ...BUNDLE, outdir: folder, external });
  const libraries = librariesOf(metafile);
  writeFileSync(join(folder, "LICENSES.txt"), licenceTexts(libraries));
  writeFileSync(join(folder, SBOM), billOfMaterials(libraries));
}

/** commander can run programs as subcommands. Ours are none, and to load what runs programs would slow each run down. */
const noPrograms: Plugin = {
  name: "no-programs",
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /^node:child_process$/ }, ({ importer }) =>
      importer.includes("/node_modules/commander/") ? { path: "none", namespace: "no-programs" } : undefined,
    );
    onLoad({ filter: /./, namespace: "no-programs" }, () => ({ contents: "module.exports = {};" }));
  },
};

/** How esbuild makes the bundle. */
export const BUNDLE = {
  absWorkingDir: ROOT,
  entryPoints: { main: "src/main.ts" },
  plugins: [noPrograms],
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
} satisfies BuildOptions & { metafile: true };
