import { describe, expect, test } from "vitest";
import { UserError } from "../../../src/findings/user-error.ts";
import { type Image, parseImage } from "../../../src/registries/image.ts";
import { IMAGE_NAMES } from "../../support/image-names.ts";
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

test.each(IMAGE_NAMES)("$what is an image: $accepted", ({ name, accepted }) => {
  expect(tryImage(name) instanceof UserError).toBe(!accepted);
});

test.each([
  ["alpine", "docker.io/library/alpine:latest", "registry-1.docker.io"],
  ["index.docker.io/alpine", "docker.io/library/alpine:latest", "registry-1.docker.io"],
  // docker does not complete these, and asks the host that they name.
  ["registry-1.docker.io/alpine", "registry-1.docker.io/alpine:latest", "registry-1.docker.io"],
  [
    "registry.hub.docker.com/library/alpine",
    "registry.hub.docker.com/library/alpine:latest",
    "registry.hub.docker.com",
  ],
  ["ghcr.io:443/acme/app:1", "ghcr.io:443/acme/app:1", "ghcr.io:443"],
])("%s is %s, at %s", (text, name, endpoint) => {
  expect(tryImage(text)).toMatchObject({ name, registry: { endpoint } });
});

describe("the error says what is wrong with a name", () => {
  test.each([
    ["acme/App", /lower case/],
    ["acme/app:-1", /tag/],
    ["acme/app@sha256:123", /too short/],
    ["acme/app@md5:0123456789abcdef0123456789abcdef", /sha256, sha384 or sha512/],
    ["f".repeat(64), /ID of an image/],
    ["acme/app@sha256:1@sha256:2", /more than one @/],
    [`acme/${"a".repeat(300)}`, /too long/],
  ])("%s", (text, problem) => {
    const error = tryImage(text);
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).message).toMatch(problem);
  });
});
