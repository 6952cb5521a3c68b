import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { Script } from "node:vm";

// What the launchers start: it loads the part of the agent that is asked for, each a bundle of its own. Node's modules
// take longer to load than to run, so a bundle comes as a script with the code that V8 made of it at the installation.
// (Node's own compile cache is one for each user id, and the users of a container do not exist when it is installed.)

/** The bundles that this process runs, by name. */
export const scripts = new Map<string, Script>();

function load(name: string): unknown {
  const filename = join(__dirname, `${name}.cjs`);
  const source = `(function(exports,require,module){${read(filename)}\n})`;
  const script = new Script(source, { filename, ...cachedCode(name) });
  scripts.set(name, script);
  const module = { exports: {} };
  script.runInThisContext()(module.exports, requireFrom, module);
  return module.exports;
}

/** The AWS client, which few processes need, lies there compressed. */
function read(filename: string): string {
  if (existsSync(filename)) return readFileSync(filename, "utf8");
  const { brotliDecompressSync } = require("node:zlib") as typeof import("node:zlib");
  return brotliDecompressSync(readFileSync(`${filename}.br`)).toString("utf8");
}

function requireFrom(id: string): unknown {
  return id.startsWith("./") ? load(id.slice(2, -".cjs".length)) : require(id);
}

/**
 * The file of V8's code for a bundle, which is good for this very Node: V8 takes, and runs wrongly, code of another patch
 * of its own version, as an update of the image's Node brings it.
 */
export function codeFile(name: string): string {
  const { version, arch, execPath } = process;
  return join(__dirname, `${name}-${version}-${arch}-${statSync(execPath).size}.code`);
}

function cachedCode(name: string): { cachedData?: Buffer } {
  try {
    return { cachedData: readFileSync(codeFile(name)) };
  } catch {
    return {};
  }
}

load(process.argv[2]?.startsWith("credential-helper") ? "helper" : "command-line");
