import { expect, test } from "vitest";
import { createRedactor } from "../../src/redact.ts";
import { formsOf, leaks } from "../support/leaks.ts";

test.each([
  ["a word", "hunter2-hunter2"],
  ["a word in mixed case", "MixedCaseSecret"],
  ["quotes and signs", 'with "quotes" & $dollars/+='],
  ["UTF-8", "pässwörd-日本-🔑"],
  ["many lines", "first line\nsecond line\nthird line"],
  ["a JSON key", '{\n  "private_key": "-----BEGIN KEY-----\\nAAAA"\n}'],
  ["48 KB", "x".repeat(48 * 1024)],
])("no form of a secret stays readable: %s", (_, password) => {
  const redact = createRedactor([{ user: "bob", password }]);
  for (const form of formsOf("bob", password)) {
    expect(leaks(redact(`before ${form} after`), "bob", password)).toEqual([]);
    expect(redact(`before ${form} after`)).toMatch(/^before .*\*\*\*.* after$/s);
  }
});

test("words that are not secrets are kept", () => {
  const redact = createRedactor([{ user: "bob", password: "hunter2-hunter2" }]);
  expect(redact("bob at ghcr.io, hunter2")).toBe("bob at ghcr.io, hunter2");
});

test("of two overlapping secrets the longer one is masked completely", () => {
  const redact = createRedactor([
    { user: "a", password: "secret" },
    { user: "b", password: "my-secret-word" },
  ]);
  expect(redact("my-secret-word, secret")).toBe("***, ***");
});

test("without secrets nothing changes", () => {
  expect(createRedactor([])("as it is")).toBe("as it is");
  expect(createRedactor([{ user: "", password: "" }])("as it is")).toBe("as it is");
});
