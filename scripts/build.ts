import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { type BuildOptions, build, type Plugin } from "esbuild";
import { billOfMaterials, librariesOf, licenceTexts } from "./libraries.ts";
import { AGENT_FOLDER, packageVersion, ROOT } from "./project.ts";

/** Beside the bundle: what it is made of. */
export const SBOM = "sbom.cdx.json";

/**
 * Bundles the agent: `main.cjs`, the parts that it loads, the libraries' licences and the list of them.
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

/** Each part is loaded when it is called for. */
const parts: Plugin = {
  name: "parts",
  setup: ({ onResolve }) => {
    onResolve({ filter: /\/(?:helper|aws-sdk)\.ts$/ }, ({ path, kind }) =>
      kind === "dynamic-import" ? { path: `./${basename(path, ".ts")}.cjs`, external: true } : undefined,
    );
  },
};

/** How esbuild makes the bundle. */
export const BUNDLE = {
  absWorkingDir: ROOT,
  entryPoints: {
    main: "src/main.ts",
    helper: "src/helper.ts",
    "aws-sdk": "src/exchange/aws-sdk.ts",
  },
  plugins: [noPrograms, parts],
  outExtension: { ".js": ".cjs" },
  bundle: true,
  platform: "node",
  // Node's loader of modules proper takes longer than all that the credential helper does.
  format: "cjs",
  supported: { "dynamic-import": false },
  // The oldest Node that install.sh takes.
  target: "node20",
  // The module forms of the libraries, which can be cut down to what is used.
  mainFields: ["module", "main"],
  minify: true,
  legalComments: "none",
  metafile: true,
  define: { REGISTRY_LOGIN_VERSION: JSON.stringify(packageVersion()) },
} satisfies BuildOptions & { metafile: true };
