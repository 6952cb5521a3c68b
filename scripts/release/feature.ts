import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../../test/support/shell.ts";
import { FEATURE_ID, ROOT } from "../project.ts";
import { type Access, openRepository, type Repository } from "./oci.ts";
import { featureTags, isPrerelease } from "./version.ts";

const CLI = join(ROOT, "node_modules/.bin/devcontainer");

/** Where a Feature is published. */
export interface Destination extends Pick<Access, "registry" | "login"> {
  /** `OWNER/REPOSITORY`: the collection; the Feature is below it. */
  readonly namespace: string;
}

/** What was published: all that an attestation and a check need to know. */
export interface PublishedFeature {
  /** `registry/namespace/id` */
  readonly name: string;
  readonly version: string;
  readonly digest: string;
  readonly tags: readonly string[];
}

export function featureRepository({ registry, namespace, login }: Destination): Repository {
  return openRepository({ registry, repository: `${namespace}/${FEATURE_ID}`, login });
}

export function collectionRepository({ registry, namespace, login }: Destination): Repository {
  return openRepository({ registry, repository: namespace, login });
}

/**
 * Publishes a packed Feature, and its collection. What an earlier run did is not done again; what it left undone is.
 * @param archive as `devcontainer features package` makes it
 * @throws Error when the registry has this version with other files, or the version is a pre-release: the dev container CLI
 *   would give it the tags that users have
 */
export async function publishFeature(archive: string, destination: Destination): Promise<PublishedFeature> {
  const folder = mkdtempSync(join(tmpdir(), "registry-login-feature-"));
  try {
    const source = await unpack(readFileSync(archive), join(folder, "src", FEATURE_ID));
    const { version } = JSON.parse(readFileSync(join(source, "devcontainer-feature.json"), "utf8"));
    if (isPrerelease(version)) throw new Error(`${version} is a pre-release, which the Feature does not have`);
    const { registry, namespace, login } = destination;
    const repository = featureRepository(destination);
    const present = await repository.manifest(version);
    if (present !== null) await compare(repository, present.text, source, join(folder, "present"));
    const args = ["features", "publish", "--registry", registry, "--namespace", namespace, join(folder, "src")];
    await run(CLI, args, { env: login === undefined ? {} : cliLogin(registry, login) });
    return await completeTags(repository, version);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The dev container CLI skips a version that is there, with the tags that a killed run had not set yet. */
async function completeTags(repository: Repository, version: string): Promise<PublishedFeature> {
  const manifest = await repository.manifest(version);
  if (manifest === null) throw new Error(`${repository.name} does not have ${version} after it was published`);
  const tags = featureTags(version, await repository.tags());
  for (const tag of tags) {
    if ((await repository.manifest(tag))?.digest !== manifest.digest) await repository.tag(manifest, tag);
  }
  return { name: repository.name, version, digest: manifest.digest, tags };
}

/** Fails where a version that is published already has other files than the one that is about to be. */
async function compare(repository: Repository, manifest: string, source: string, folder: string): Promise<void> {
  const [layer] = (JSON.parse(manifest) as { layers: readonly { digest: string }[] }).layers;
  await unpack(await repository.blob(layer?.digest ?? ""), folder);
  const { stdout } = await run("sh", ["-c", 'diff -rq "$0" "$1" || true', folder, source]);
  if (stdout !== "") {
    throw new Error(
      `${repository.name} has this version with other files; a version is never published twice:\n${stdout}`,
    );
  }
}

/** Unpacks a Feature's archive into a folder, which it returns. */
export async function unpack(archive: Buffer, folder: string): Promise<string> {
  mkdirSync(folder, { recursive: true });
  const file = `${folder}.tar`;
  writeFileSync(file, archive);
  await run("tar", ["-xpf", file, "-C", folder, "--no-same-owner"]);
  rmSync(file);
  return folder;
}

/** Source: https://github.com/devcontainers/cli/blob/main/src/spec-configuration/httpOCIRegistry.ts */
function cliLogin(registry: string, { user, password }: NonNullable<Access["login"]>): Record<string, string> {
  return { DEVCONTAINERS_OCI_AUTH: `${registry}|${user}|${password}` };
}
