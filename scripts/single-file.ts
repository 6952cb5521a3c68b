import { execFileSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { build } from "esbuild";
import { BUNDLE } from "./build.ts";
import { librariesOf, licenceTexts } from "./libraries.ts";
import { isProgram, ROOT } from "./project.ts";

export interface SingleFile {
  /** The program that is made; its licenses are next to it, as `<out>.LICENSES.txt`. */
  readonly out: string;
  /** The Node that goes into it, of this machine's system and processor: it is also run to make the program. */
  readonly node?: string;
}

/** By this Node finds out that a program was put into it. Source: https://nodejs.org/api/single-executable-applications.html */
const FUSE = "NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2";

/** The pinned Node, which is an optional dependency for Linux. */
const PINNED_NODE = resolve(ROOT, `node_modules/node-${process.platform}-${process.arch}/bin/node`);

/**
 * Makes the command line and the credential helper one program with a Node in it.
 * @throws Error when there is no such Node, or when a program that this needs fails
 */
export async function buildSingleFile({ out, node = PINNED_NODE }: SingleFile): Promise<void> {
  const licenses = nodeLicense(node);
  const work = mkdtempSync(join(tmpdir(), "registry-login-single-"));
  try {
    const script = join(work, "registry-login.cjs");
    const libraries = await bundle(script);
    const blob = makeBlob(work, script, node);
    const program = join(work, "program");
    copyFileSync(node, program);
    chmodSync(program, 0o755);
    // Its symbols are a seventh of Node. Elsewhere they are in files of their own.
    if (process.platform === "linux") execFileSync("strip", [program]);
    inject(program, blob);
    mkdirSync(dirname(out), { recursive: true });
    // One that is running cannot be overwritten.
    rmSync(out, { force: true });
    copyFileSync(program, out);
    writeFileSync(`${out}.LICENSES.txt`, `${libraries}\n---\n\nNode\n\n${readFileSync(licenses, "utf8")}`);
  } finally {
    rmSync(work, { recursive: true });
  }
}

/** Bundles everything into one file: a program in Node loads no others. Returns the licenses of the libraries. */
async function bundle(outfile: string): Promise<string> {
  const { entryPoints: _, outExtension: __, ...settings } = BUNDLE;
  const { metafile } = await build({
    ...settings,
    entryPoints: [join(ROOT, "src/single-file.ts")],
    outfile,
    plugins: [],
    target: "node24",
    define: { ...BUNDLE.define, REGISTRY_LOGIN_SINGLE_FILE: "true" },
  });
  return licenceTexts(librariesOf(metafile));
}

/** Makes what goes into Node: the script with its compiled code, which only the same Node can use. */
function makeBlob(folder: string, main: string, node: string): string {
  const [config, output] = [join(folder, "config.json"), join(folder, "blob")];
  const settings = {
    main,
    output,
    disableExperimentalSEAWarning: true,
    useCodeCache: true,
    // As the launchers do: NODE_OPTIONS is for other programs.
    execArgvExtension: "none",
  };
  writeFileSync(config, JSON.stringify(settings));
  execFileSync(node, ["--experimental-sea-config", config], { stdio: "pipe" });
  return output;
}

function inject(program: string, blob: string): void {
  const postject = join(ROOT, "node_modules/postject/dist/cli.js");
  const segment = process.platform === "darwin" ? ["--macho-segment-name", "NODE_SEA"] : [];
  const args = [postject, program, "NODE_SEA_BLOB", blob, "--sentinel-fuse", FUSE, ...segment];
  // It warns about the names of Node's sections, which does not matter.
  execFileSync(process.execPath, args, { stdio: "pipe" });
}

/** The license that comes with a Node: next to bin, or next to node.exe. */
function nodeLicense(node: string): string {
  if (!existsSync(node)) throw new Error(`there is no Node ${node}; name one with --node FILE`);
  const found = [join(dirname(node), "../LICENSE"), join(dirname(node), "LICENSE")].find((file) => existsSync(file));
  if (found === undefined) throw new Error(`the license of Node is not next to ${node}`);
  return found;
}

if (isProgram(import.meta.url)) {
  const { values, positionals } = parseArgs({ options: { node: { type: "string" } }, allowPositionals: true });
  const out = resolve(positionals[0] ?? "build/single-file/registry-login");
  await buildSingleFile({ out, ...values });
  console.log(`made ${out}, ${(statSync(out).size / 1e6).toFixed(1)} MB`);
}
