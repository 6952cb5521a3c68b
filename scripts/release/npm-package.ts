import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { run, tryRun } from "../../test/support/shell.ts";
import { distTag } from "./version.ts";

export interface PublishedPackage {
  readonly name: string;
  readonly version: string;
  readonly integrity: string;
  /** Whether this run published it, and not an earlier one. */
  readonly isNew: boolean;
}

/** The variables with which npm finds its registry and its login. */
export type NpmSettings = Readonly<Record<string, string | undefined>>;

/**
 * Publishes a packed npm package, unless the registry has it.
 * @throws Error when the registry has this version with another content, or does not accept it
 */
export async function publishPackage(archive: string, env: NpmSettings = {}): Promise<PublishedPackage> {
  const { stdout } = await run("tar", ["-xzOf", archive, "package/package.json"]);
  const { name, version } = JSON.parse(stdout) as { name: string; version: string };
  const integrity = integrityOf(readFileSync(archive));
  const present = await view(`${name}@${version}`, "dist.integrity", env);
  if (present !== undefined && present !== integrity) {
    throw new Error(`the registry has ${name}@${version} with another content; a version is never published twice`);
  }
  if (present === undefined) {
    const tag = distTag(version, await view(name, "dist-tags.latest", env));
    await run("npm", ["publish", archive, "--tag", tag, "--loglevel=error"], { env });
  }
  return { name, version, integrity, isNew: present === undefined };
}

/**
 * A field of a package, as its registry has it; undefined where the registry knows no such package or version.
 * @throws Error when the registry cannot be asked
 */
export async function view(spec: string, field: string, env: NpmSettings = {}): Promise<string | undefined> {
  // Below `npm run --silent`, npm would not even say why it fails.
  const ran = await tryRun("npm", ["view", spec, field, "--prefer-online", "--loglevel=error"], { env });
  if (ran.exitCode !== 0 && !/\bE404\b/.test(ran.output)) throw new Error(`npm view ${spec} failed:\n${ran.output}`);
  const value = ran.exitCode === 0 ? ran.stdout.trim() : "";
  return value === "" ? undefined : value;
}

/** Source: https://www.w3.org/TR/SRI/ */
export function integrityOf(content: Buffer): string {
  return `sha512-${createHash("sha512").update(content).digest("base64")}`;
}
