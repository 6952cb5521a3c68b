import * as crypto from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import * as net from "node:net";
import { basename, join } from "node:path";
import { build, type Metafile, type Plugin } from "esbuild";
import { AGENT_FOLDER, packageVersion, ROOT } from "./project.ts";

/**
 * Bundles the agent: `main.cjs`, the parts that it loads, and the libraries' licences.
 * @param external packages to leave out, which then do not work
 */
export async function buildAgent(folder = AGENT_FOLDER, external: string[] = []): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: {
      main: "src/start.ts",
      helper: "src/helper.ts",
      "command-line": "src/main.ts",
      "aws-sdk": "src/exchange/aws-sdk.ts",
    },
    outdir: folder,
    external,
    plugins: [noPrograms, parts, laterModules],
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
  });
  writeFileSync(join(folder, "LICENSES.txt"), licences(metafile));
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

/** Modules of Node that take milliseconds to load, and that most runs never call. */
const LATER: Readonly<Record<string, readonly string[]>> = {
  "node:crypto": Object.keys(crypto),
  "node:net": Object.keys(net),
};

/** Has our own code load these when it first calls one of their functions. */
const laterModules: Plugin = {
  name: "later-modules",
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /^node:(?:crypto|net)$/ }, ({ path, importer }) =>
      importer.startsWith(join(ROOT, "src")) ? { path, namespace: "later-modules" } : undefined,
    );
    onLoad({ filter: /./, namespace: "later-modules" }, ({ path }) => ({
      contents: (LATER[path] ?? [])
        .filter((name) => name !== "default")
        .map(
          (name) => `export function ${name}(...args) {
            const { ${name}: original } = require("${path}");
            return new.target ? new original(...args) : original(...args);
          }`,
        )
        .join("\n"),
    }));
  },
};

/** The licence texts of the libraries that went into the bundle, as those licences ask for; each text once. */
function licences({ inputs }: Metafile): string {
  const folders = Object.keys(inputs).flatMap((input) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0] ?? []);
  const names = new Map<string, string[]>();
  for (const folder of [...new Set(folders)].sort()) {
    const { name, version, license } = JSON.parse(readFileSync(join(ROOT, folder, "package.json"), "utf8"));
    const file = readdirSync(join(ROOT, folder)).find((entry) => /^licen[cs]e/i.test(entry));
    const text = file === undefined ? "" : readFileSync(join(ROOT, folder, file), "utf8").trim();
    names.set(text, [...(names.get(text) ?? []), `${name} ${version} (${license})`]);
  }
  return [...names].map(([text, users]) => `${[...users, "", text].join("\n").trim()}\n`).join("\n---\n\n");
}
