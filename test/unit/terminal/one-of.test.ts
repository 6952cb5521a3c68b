import { expect, test } from "vitest";
import { oneOf } from "../../../src/terminal/one-of.ts";

test.each([
  [[], ""],
  [["bash"], "bash"],
  [["true", "false"], "true or false"],
  [["bash", "zsh", "fish"], "bash, zsh or fish"],
])("%j", (alternatives, text) => {
  expect(oneOf(alternatives)).toBe(text);
});
