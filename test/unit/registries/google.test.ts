import { expect, test } from "vitest";
import { kindOf } from "../../support/parsing.ts";
import { readVectors } from "../../support/vectors.ts";

const table = readVectors<{
  readonly cases: readonly { input: string; isGoogle: boolean }[];
  readonly gcrHosts: readonly string[];
  readonly artifactRegistryHosts: readonly string[];
}>("gcp-hosts");

test.each(table.cases)("$input is Google's: $isGoogle", ({ input, isGoogle }) => {
  expect(kindOf(input) === "google").toBe(isGoogle);
});

test.each([...table.gcrHosts, ...table.artifactRegistryHosts])("%s is Google's", (host) => {
  expect(kindOf(host)).toBe("google");
});

test.each(["a.b.gcr.io", "us-docker.pkg.dev.evil.example", "evil.example/us-docker.pkg.dev", "usdocker.pkg.dev"])(
  "%s is not Google's",
  (host) => {
    expect(kindOf(host)).toBe("generic");
  },
);
