import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "../../../scripts/project.ts";
import { releaseNotes, withRelease } from "../../../scripts/release/changelog.ts";

const BEFORE = `# Changelog

## [Unreleased]

### Added

- Second.

## [1.0.0] - 2026-01-01

### Added

- First.
`;

test("what is unreleased gets the version, its date and its links, and a new section begins", () => {
  const first = withRelease(BEFORE, "1.1.0", "2026-02-03");
  expect(first).toBe(`# Changelog

## [Unreleased]

## [1.1.0] - 2026-02-03

### Added

- Second.

## [1.0.0] - 2026-01-01

### Added

- First.

[Unreleased]: https://github.com/registry-login/registry-login/compare/v1.1.0...HEAD
[1.1.0]: https://github.com/registry-login/registry-login/releases/tag/v1.1.0
`);
  const next = withRelease(first.replace("[Unreleased]\n", "[Unreleased]\n\n- Third.\n"), "1.2.0", "2026-03-04");
  expect(next.split("\n").slice(-4)).toEqual([
    "[Unreleased]: https://github.com/registry-login/registry-login/compare/v1.2.0...HEAD",
    "[1.2.0]: https://github.com/registry-login/registry-login/releases/tag/v1.2.0",
    "[1.1.0]: https://github.com/registry-login/registry-login/releases/tag/v1.1.0",
    "",
  ]);
});

test("the notes of a release are its section", () => {
  expect(releaseNotes(withRelease(BEFORE, "1.1.0", "2026-02-03"), "1.1.0")).toBe("### Added\n\n- Second.\n");
  expect(releaseNotes(BEFORE, "1.0.0")).toBe("### Added\n\n- First.\n");
});

test.each([
  {
    name: "nothing is unreleased",
    text: BEFORE.replace("- Second.\n", ""),
    version: "1.1.0",
    message: "has nothing below",
  },
  { name: "the version is there", text: BEFORE, version: "1.0.0", message: "has a section for 1.0.0 already" },
  { name: "the section is missing", text: "# Changelog\n", version: "1.1.0", message: 'has no line "## [Unreleased]"' },
])("it fails if $name", ({ text, version, message }) => {
  expect(() => withRelease(text, version, "2026-02-03")).toThrow(message);
});

test("CHANGELOG.md has the form of Keep a Changelog: known headings, a date for each version", () => {
  const headings = readFileSync(join(ROOT, "CHANGELOG.md"), "utf8").match(/^##+ .+$/gm) ?? [];
  const known =
    /^## \[Unreleased\]$|^## \[\d+\.\d+\.\d+\] - \d{4}-\d\d-\d\d$|^### (?:Added|Changed|Deprecated|Removed|Fixed|Security)$/;
  expect(headings.filter((heading) => !known.test(heading))).toEqual([]);
});
