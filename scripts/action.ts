import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { BUNDLE, SBOM } from "./build.ts";
import { billOfMaterials, librariesOf, licenceTexts } from "./libraries.ts";
import { isProgram, ROOT } from "./project.ts";

/** Where action.yml expects its files. GitHub runs what is committed: the release adds this folder to its tag. */
export const ACTION_FOLDER = join(ROOT, "dist/action");

/**
 * Bundles the GitHub action: the entries `main.cjs` and `post.cjs`, `steps.cjs` with the code of both, `aws-sdk.cjs`, the
 * libraries' licenses and the list of the libraries.
 */
export async function buildAction(folder = ACTION_FOLDER): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const { metafile } = await build({
    ...BUNDLE,
    outdir: folder,
    entryPoints: {
      main: "src/action/main.ts",
      post: "src/action/post.ts",
      steps: "src/action/steps.ts",
      "aws-sdk": "src/exchange/aws-sdk.ts",
    },
  });
  const libraries = librariesOf(metafile);
  writeFileSync(join(folder, "LICENSES.txt"), licenceTexts(libraries));
  writeFileSync(join(folder, SBOM), billOfMaterials(libraries));
}

if (isProgram(import.meta.url)) {
  await buildAction();
  console.log("built the action in dist/action");
}
