import { expect, test } from "vitest";
import { coversImage } from "../../../../src/clients/kubernetes/pull-secret.ts";
import { readVectors } from "../../../support/vectors.ts";

interface Case {
  readonly key: string;
  readonly image: string;
  readonly covers: boolean;
}

const { cases } = readVectors<{ readonly cases: readonly Case[] }>("kubelet-pull-secrets");

test.each(cases)("the entry $key covers $image: $covers", ({ key, image, covers }) => {
  expect(coversImage(key, image)).toBe(covers);
});

test.each([
  ["docker.io", "docker.io/library/nginx"],
  ["index.docker.io", "docker.io/library/nginx"],
  ["localhost:5000", "localhost:5000/acme/app"],
  ["[::1]:5000", "[::1]:5000/acme/app"],
])("the entry %s covers %s", (key, image) => {
  expect(coversImage(key, image)).toBe(true);
});
