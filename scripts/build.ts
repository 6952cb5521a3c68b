import * as assert from "node:assert";
import * as childProcess from "node:child_process";
import * as crypto from "node:crypto";
import * as dns from "node:dns";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import * as net from "node:net";
import * as os from "node:os";
import { basename, join } from "node:path";
import * as timers from "node:timers/promises";
import { brotliCompressSync } from "node:zlib";
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
  // Half of the agent's size, and only needed where AWS cannot be asked by one plain request.
  const sdk = join(folder, "aws-sdk.cjs");
  writeFileSync(`${sdk}.br`, brotliCompressSync(readFileSync(sdk)));
  rmSync(sdk);
  const libraries = librariesOf(metafile);
  writeFileSync(join(folder, "LICENSES.txt"), licenceTexts(libraries));
  writeFileSync(join(folder, SBOM), billOfMaterials(libraries));
}

/** What the proxies' library would print for its developers, and what takes long to load; the launchers unset DEBUG. */
const noDebug: Plugin = {
  name: "no-debug",
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /^debug$/ }, () => ({ path: "none", namespace: "no-debug" }));
    onLoad({ filter: /./, namespace: "no-debug" }, () => ({ contents: "module.exports = () => () => undefined;" }));
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

/** Modules of Node that take milliseconds to load, and that most runs never call. */
const LATER: Readonly<Record<string, object>> = {
  assert,
  "node:child_process": childProcess,
  "node:crypto": crypto,
  "node:dns": dns,
  "node:net": net,
  "node:os": os,
  "node:timers/promises": timers,
};

/** Has our own code, and the proxies' library, load these when they first call one of their functions. */
const laterModules: Plugin = {
  name: "later-modules",
  setup: ({ onResolve, onLoad }) => {
    onResolve(
      { filter: /^(?:assert|node:(?:child_process|crypto|dns|net|os|timers\/promises))$/ },
      ({ path, importer }) =>
        path === "assert" || importer.startsWith(join(ROOT, "src")) ? { path, namespace: "later-modules" } : undefined,
    );
    onLoad({ filter: /./, namespace: "later-modules" }, ({ path }) => ({
      contents: Object.entries(LATER[path] ?? {})
        .filter(([, value]) => typeof value === "function")
        .map(([name]) => {
          const head = name === "default" ? "default function" : `function ${name}`;
          const original = name === "default" ? `require("${path}")` : `require("${path}").${name}`;
          return `export ${head}(...args) { return new.target ? new (${original})(...args) : ${original}(...args); }`;
        })
        .join("\n"),
    }));
  },
};

/** How esbuild makes the bundle. */
export const BUNDLE = {
  absWorkingDir: ROOT,
  entryPoints: {
    main: "src/start.ts",
    helper: "src/helper.ts",
    "command-line": "src/main.ts",
    "aws-sdk": "src/exchange/aws-sdk.ts",
  },
  plugins: [noDebug, parts, laterModules],
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
