import { compare, parse, type SemVer } from "semver";

/**
 * A version as `npm run release` takes it: complete, and without build metadata, which npm and OCI tags do not have.
 * @throws Error when the text is not one
 * Source: https://semver.org/spec/v2.0.0.html
 */
export function parseVersion(text: string): SemVer {
  const version = parse(text);
  if (version === null || version.version !== text) {
    throw new Error(`"${text}" is not a version: write it like 1.2.3, or 1.2.3-rc.1`);
  }
  return version;
}

export function isPrerelease(version: string): boolean {
  return parseVersion(version).prerelease.length > 0;
}

/** Whether none of the others is newer. Others that are not versions, like the tag `latest`, do not count. */
export function isNewest(version: string, others: readonly string[]): boolean {
  return others.every((other) => parse(other) === null || isPrerelease(other) || compare(other, version) <= 0);
}

/**
 * The tags under which users find a version of the Feature: `1`, `1.1`, `1.1.0` and `latest`, except those that belong to
 * a newer version.
 * @param published all tags of the Feature, in any order
 */
export function featureTags(version: string, published: readonly string[]): string[] {
  const { major, minor } = parseVersion(version);
  const of = (prefix: string): string[] => published.filter((tag) => parse(tag) !== null && tag.startsWith(prefix));
  return [
    ...(isNewest(version, of(`${major}.`)) ? [`${major}`] : []),
    ...(isNewest(version, of(`${major}.${minor}.`)) ? [`${major}.${minor}`] : []),
    version,
    ...(isNewest(version, published) ? ["latest"] : []),
  ];
}

/**
 * The npm dist-tag of a version: `latest` is what people get who name no version, so that a pre-release and a fix of an
 * older line do not get it.
 * @param latest the version that has it now, if there is one
 */
export function distTag(version: string, latest: string | undefined): string {
  if (isPrerelease(version)) return "next";
  const { major, minor } = parseVersion(version);
  return latest === undefined || isNewest(version, [latest]) ? "latest" : `maintenance-${major}.${minor}`;
}
