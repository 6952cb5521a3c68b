import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build, type Metafile, type Plugin } from "esbuild";
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
