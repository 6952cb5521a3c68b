import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { type BuildOptions, build, type Plugin } from "esbuild";
import { billOfMaterials, librariesOf, licenceTexts } from "./libraries.ts";
import { AGENT_FOLDER, packageVersion, ROOT } from "./project.ts";

/** The file next to the bundle that says what it is made of. */
export const SBOM = "sbom.cdx.json";

/**
 * Bundles the agent: `main.cjs` (command line), `helper.cjs` (credential helper), `aws-sdk.cjs` (what both load to query
 * AWS), `yaml.cjs` and `prompts.cjs` (what `init` loads), the libraries' licenses and the list of the libraries.
 * @param changes to the settings of the bundle: other entries, or packages to leave out, which then do not work
 */
export async function buildAgent(
  folder = AGENT_FOLDER,
  changes: Pick<BuildOptions, "entryPoints" | "external"> = {},
): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const isFeature = changes.entryPoints === undefined;
  const external = [...(isFeature ? HOST_ONLY : []), ...(changes.external ?? [])];
  const { metafile } = await build({ ...BUNDLE, ...changes, external, outdir: folder });
  const libraries = librariesOf(metafile);
  writeFileSync(join(folder, "LICENSES.txt"), licenceTexts(libraries));
  writeFileSync(join(folder, SBOM), billOfMaterials(libraries));
}

/** What only hosts load: the Feature, whose agent runs in containers alone, does not contain it. */
const HOST_ONLY = ["*/host-inputs.ts"];

/** Libraries in files of their own, which only `init` loads, and how it imports them. */
const LIBRARIES = { yaml: "yaml", prompts: "src/commands/init/prompts.ts" };

/** Leaves what is imported dynamically, and large libraries, in a file of its own, so that a run reads it only when it needs it. */
const parts: Plugin = {
  name: "parts",
  setup: ({ onResolve }) => {
    onResolve({ filter: /^yaml$|\/prompts\.ts$/ }, ({ path, kind }) =>
      kind === "entry-point" ? undefined : { path: `./${basename(path, ".ts")}.cjs`, external: true },
    );
    onResolve({ filter: /\/(?:helper|host-helper|aws-sdk|steps)\.ts$/ }, ({ path, kind }) =>
      kind === "dynamic-import" ? { path: `./${basename(path, ".ts")}.cjs`, external: true } : undefined,
    );
  },
};

const SHARED = { "aws-sdk": "src/exchange/aws-sdk.ts", ...LIBRARIES };

/** The same parts of the agent that runs outside of containers: `host.cjs` and `host-helper.cjs` in place of the first two. */
export const HOST_ENTRIES = { host: "src/host.ts", "host-helper": "src/host-helper.ts", ...SHARED };

/** How esbuild makes the bundle; docs/decisions/008-bundle.md has what each setting costs or saves. */
export const BUNDLE = {
  absWorkingDir: ROOT,
  entryPoints: {
    main: "src/main.ts",
    helper: "src/helper.ts",
    ...SHARED,
  },
  plugins: [parts],
  outExtension: { ".js": ".cjs" },
  bundle: true,
  platform: "node",
  // Node's loader of ES modules takes longer than everything that the credential helper does.
  format: "cjs",
  supported: { "dynamic-import": false },
  // The oldest Node that install.sh accepts.
  target: "node20",
  // esbuild cannot follow the require calls in jsonc-parser's UMD file, and removes unused code only from ES modules.
  mainFields: ["module", "main"],
  // Halves what is installed.
  minify: true,
  legalComments: "none",
  metafile: true,
  define: { REGISTRY_LOGIN_VERSION: JSON.stringify(packageVersion()) },
} satisfies BuildOptions & { metafile: true };
