import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { tagsOf } from "./action-tags.ts";
import { checksums, SUMS } from "./artifacts.ts";
import { collectionRepository, type Destination, featureRepository, type PublishedFeature } from "./feature.ts";
import { integrityOf, type NpmSettings, type PublishedPackage, view } from "./npm-package.ts";

// What somebody who is not logged in can get of a release. Each function returns what is wrong, as sentences.

/** Whether everybody can pull the Feature by each of its tags, and its collection. */
export async function checkFeature(
  { digest, tags }: Pick<PublishedFeature, "digest" | "tags">,
  { registry, namespace }: Destination,
): Promise<string[]> {
  const repository = featureRepository({ registry, namespace });
  const wrong = await Promise.all(
    tags.map(async (tag) => {
      const found = await repository.manifest(tag);
      if (found === null) return denied(repository.name, tag);
      return found.digest === digest ? [] : `${repository.name}:${tag} is ${found.digest}, and not ${digest}`;
    }),
  );
  const collection = collectionRepository({ registry, namespace });
  const isPublic = (await collection.manifest("latest")) !== null;
  return [...wrong.flat(), ...(isPublic ? [] : [denied(collection.name, "latest")])];
}

/**
 * What to do where a tag of a repository cannot be pulled: a new package of GHCR is private, and only its page can change that.
 * @param name `registry/repository`
 */
export function denied(name: string, tag: string): string {
  const [registry, owner = "", ...rest] = name.split("/");
  const page = `https://github.com/orgs/${owner}/packages/container/${encodeURIComponent(rest.join("/"))}/settings`;
  const remedy = registry === "ghcr.io" ? `; make the package public: ${page}` : "";
  return `${name}:${tag} cannot be pulled without a login${remedy}`;
}

/** Whether everybody gets the npm package, and it is the one that was published. */
export async function checkPackage(
  { name, version, integrity }: Pick<PublishedPackage, "name" | "version" | "integrity">,
  env: NpmSettings = {},
): Promise<string[]> {
  const spec = `${name}@${version}`;
  const found = await view(spec, "dist.integrity", env);
  if (found === integrity) return [];
  return [found === undefined ? `npm has no ${spec}` : `${spec} is ${found} at npm, and not ${integrity}`];
}

/** Whether the tags of the action lead to one commit. */
export async function checkAction(remote: string, version: string): Promise<string[]> {
  const tags = await tagsOf(remote);
  const [own, major] = [`v${version}`, `v${version.split(".")[0]}`];
  if (!tags.has(own)) return [`${remote} has no tag ${own}`];
  return tags.has(major) ? [] : [`${remote} has no tag ${major}`];
}

/** Whether everybody can download the files of the release, and they are those that were made. */
export async function checkDownloads(folder: string, address: string): Promise<string[]> {
  const sums = checksums(readFileSync(join(folder, SUMS), "utf8"));
  const wrong = [...sums.keys(), SUMS].map(async (name) => {
    const answer = await fetch(`${address}/${basename(name)}`);
    if (!answer.ok) return `${address}/${name} cannot be downloaded: status ${answer.status}`;
    const content = Buffer.from(await answer.arrayBuffer());
    const same = integrityOf(content) === integrityOf(readFileSync(join(folder, name)));
    return same ? [] : `${address}/${name} is another file than the one that was made`;
  });
  return (await Promise.all(wrong)).flat();
}
