import { expect, test } from "vitest";
import { kindOf } from "../../support/parsing.ts";
import { readVectors } from "../../support/vectors.ts";

const { cases } = readVectors<{ cases: readonly { input: string; isAcr: boolean }[] }>("acr-hosts");

test.each(cases)("$input is Azure's: $isAcr", ({ input, isAcr }) => {
  expect(kindOf(input) === "acr").toBe(isAcr);
});

test.each(["a.b.azurecr.io", "foo.azurecr.com", "foo.azurecr.io.evil.example", "azurecr.io", "foo-azurecr.io"])(
  "%s is not Azure's",
  (host) => {
    expect(kindOf(host)).toBe("generic");
  },
);
