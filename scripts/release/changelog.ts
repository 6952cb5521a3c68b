const REPOSITORY = "https://github.com/registry-login/registry-login";

const UNRELEASED = "## [Unreleased]";

/**
 * Gives what is unreleased a version and a date, and begins a new section for what comes after it.
 * @param date like 2026-11-26
 * @throws Error when nothing is unreleased, or the version is there already
 * Source: https://keepachangelog.com/en/1.1.0/
 */
export function withRelease(changelog: string, version: string, date: string): string {
  if (new RegExp(`^## \\[?${escapeRegExp(version)}\\b`, "m").test(changelog)) {
    throw new Error(`CHANGELOG.md has a section for ${version} already`);
  }
  if (!/^- /m.test(sectionBelow(changelog, UNRELEASED))) {
    throw new Error(`CHANGELOG.md has nothing below ${UNRELEASED}: write down what changed for users`);
  }
  const text = changelog.replace(UNRELEASED, `${UNRELEASED}\n\n## [${version}] - ${date}`);
  const links = [
    `[Unreleased]: ${REPOSITORY}/compare/v${version}...HEAD`,
    `[${version}]: ${REPOSITORY}/releases/tag/v${version}`,
  ];
  const others = /^\[.+\]: /m.test(text) ? "" : "\n";
  return `${text.replace(/^\[Unreleased\]: .*\n/m, "").replace(/(?=^\[[\d.]+\]: )|$(?![\s\S])/m, `${others}${links.join("\n")}\n`)}`;
}

/**
 * What a release's page says: the section of the version.
 * @throws Error when there is none
 */
export function releaseNotes(changelog: string, version: string): string {
  const heading = changelog.split("\n").find((line) => line.startsWith(`## [${version}] - `));
  if (heading === undefined) throw new Error(`CHANGELOG.md has no section "## [${version}] - DATE"`);
  return `${sectionBelow(changelog, heading).trim()}\n`;
}

function sectionBelow(changelog: string, heading: string): string {
  const [, after] = changelog.split(`${heading}\n`);
  if (after === undefined) throw new Error(`CHANGELOG.md has no line "${heading}"`);
  return after.split(/^## |^\[.+\]: /m)[0] ?? "";
}

function escapeRegExp(text: string): string {
  return text.replace(/[.+*?^$()[\]{}|\\]/g, "\\$&");
}
