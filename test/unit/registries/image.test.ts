import { describe, expect, test } from "vitest";
import { UserError } from "../../../src/findings/user-error.ts";
import { type Image, parseImage } from "../../../src/registries/image.ts";
import { readVectors } from "../../support/vectors.ts";

const table = readVectors<{
  readonly normalizedValid: readonly string[];
  readonly normalizedInvalid: readonly string[];
  readonly splitCases: readonly { input: string; domain: string; path: string }[];
  readonly repositoryInfoCases: readonly { inputs: readonly string[]; domain: string; path: string }[];
  readonly dockerRefCases: readonly { name: string; input: string; expected: string }[];
}>("image-references");

function tryImage(text: string): Image | UserError {
  try {
    return parseImage(text);
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
}

// Host names fold to lower case here, as for a server.
const rows = [
  ...table.splitCases,
  ...table.repositoryInfoCases.flatMap(({ inputs, ...rest }) => inputs.map((input) => ({ input, ...rest }))),
];

test.each(rows)("$input is $path at $domain", ({ input, domain, path }) => {
  expect(tryImage(input)).toMatchObject({ registry: { host: domain.toLowerCase() }, repository: path });
});

test.each(table.normalizedValid)("%s is an image", (text) => {
  expect(tryImage(text)).not.toBeInstanceOf(UserError);
});

test.each(table.normalizedInvalid)("%s is not an image", (text) => {
  expect(tryImage(text)).toBeInstanceOf(UserError);
});

test.each(table.dockerRefCases)("$name: $input", ({ input, expected }) => {
  const image = tryImage(input);
  // A digest says which image is meant, whatever tag stands before it.
  expect(image).toMatchObject({ name: expected });
});

describe("the error says what is wrong with a name", () => {
  test.each([
    ["acme/App", /lower case/],
    ["acme/app:-1", /tag/],
    ["acme/app@sha256:123", /digest/],
    ["acme/app@sha256:1@sha256:2", /more than one @/],
    [`acme/${"a".repeat(300)}`, /too long/],
  ])("%s", (text, problem) => {
    const error = tryImage(text);
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).message).toMatch(problem);
  });
});
