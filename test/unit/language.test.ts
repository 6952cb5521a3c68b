import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { FEATURE_FOLDER, PACKAGE_SOURCES, ROOT } from "../../scripts/project.ts";

/**
 * Words and phrases that make a text hard to read, and what to write instead. A phrase matches whole words, in upper and
 * lower case; `|` separates alternatives.
 */
const BANNED: Readonly<Record<string, string>> = {
  "mend|mends|mended|mending": "fix",
  "beside the|beside it|beside us": "next to",
  "in place of|in the place of": "instead of",
  "all the same": "anyway",
  "take away|takes away|taken away|takes it away": "remove",
  "but for|save for": "except",
  "for ever": "indefinitely",
  "is well|as it should be": "is valid, is complete, or what it really is",
  "is none of|is none that": "is not a",
  "of which nothing|of what this|of whom|of theirs": "a sentence of its own",
  "laid|lay ready|lays|lies|lie there": "is, store, write",
  "stands there|stand there|stands in|stands beside": "is",
  "unasked|not asked": "not checked",
  "takes the login|takes the credential|takes it": "accepts",
  "kept in memory|kept on disk|kept nowhere": "stored",
  "goes away|is gone since": "is removed, was lost",
  "for the time being": "temporarily",
  "behind it|words behind": "after",
  "colour|colours|coloured|behaviour|organisation|authorise|recognise|normalise|neighbour|neighbours":
    "American spelling",
};

const below = (folder: string, pattern: RegExp): string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => pattern.test(name))
    .map((name) => join(folder, name));

/** The documents, and the code with all that the program and the installation print. */
const FILES = [
  ...readdirSync(ROOT).filter((name) => name.endsWith(".md")),
  ...below("docs", /\.md$/),
  ...below("src", /\.ts$/),
  ...below(FEATURE_FOLDER.slice(ROOT.length + 1), /\.(?:md|sh|cjs)$|^bin\//),
  ...below(PACKAGE_SOURCES.slice(ROOT.length + 1), /\.(?:md|js)$/),
].sort();

const PATTERNS = Object.entries(BANNED).map(([phrases, instead]) => ({
  // A phrase may continue on the next line, behind the sign of a comment.
  pattern: new RegExp(`(?<![\\w-])(?:${phrases.replaceAll(" ", "\\s+(?:(?:\\*|//|#)\\s+)?")})(?![\\w-])`, "gi"),
  instead,
}));

/** Each banned phrase of a text with its line, and what to write instead. */
function findBanned(text: string): string[] {
  return PATTERNS.flatMap(({ pattern, instead }) =>
    [...text.matchAll(pattern)].map(({ 0: phrase, index }) => {
      const line = text.slice(0, index).split("\n").length;
      return `line ${line}: "${phrase}"; better: ${instead}`;
    }),
  );
}

test.each(FILES)("%s has no banned word", (file) => {
  expect(findBanned(readFileSync(join(ROOT, file), "utf8"))).toEqual([]);
});

test("a banned phrase is found in any case, with its line, also across a line break", () => {
  expect(findBanned("All is fine.\n * Written IN\n * place of the old one.\n")).toEqual([
    'line 2: "IN\n * place of"; better: instead of',
  ]);
  expect(findBanned("amends, unlaid, in places of")).toEqual([]);
});
