import { describe, expect, test } from "vitest";
import { distTag, featureTags, parseVersion } from "../../../scripts/release/version.ts";

const LINES = ["1", "1.0", "1.0.0", "1.1", "1.1.0", "2", "2.0", "2.0.0", "latest", "sha256-abc"];

test.each([
  { name: "the first release", version: "1.0.0", published: [], tags: ["1", "1.0", "1.0.0", "latest"] },
  { name: "the newest one", version: "2.1.0", published: LINES, tags: ["2", "2.1", "2.1.0", "latest"] },
  { name: "a fix of the older line", version: "1.1.1", published: LINES, tags: ["1", "1.1", "1.1.1"] },
  { name: "a fix of the oldest line", version: "1.0.1", published: LINES, tags: ["1.0", "1.0.1"] },
  { name: "a version that is there", version: "2.0.0", published: LINES, tags: ["2", "2.0", "2.0.0", "latest"] },
  { name: "lines that begin alike", version: "1.1.0", published: ["1.10.0"], tags: ["1.1", "1.1.0"] },
])("users find $name by $tags", ({ version, published, tags }) => {
  expect(featureTags(version, published)).toEqual(tags);
});

test.each([
  { version: "1.1.0", latest: undefined, tag: "latest" },
  { version: "1.1.0", latest: "1.0.0", tag: "latest" },
  { version: "1.1.0", latest: "1.1.0", tag: "latest" },
  { version: "1.0.1", latest: "1.1.0", tag: "maintenance-1.0" },
  { version: "1.2.0-rc.1", latest: "1.1.0", tag: "next" },
])("npm gives $version the tag $tag, where $latest is the latest", ({ version, latest, tag }) => {
  expect(distTag(version, latest)).toBe(tag);
});

describe("not a version of a release:", () => {
  test.each(["", "1.1", "v1.1.0", "1.1.0+build", " 1.1.0", "latest", "1.1.0; rm"])("%s", (text) => {
    expect(() => parseVersion(text)).toThrow("write it like 1.2.3");
  });
});
