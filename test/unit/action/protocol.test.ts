import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { command, input, literally, maskCommands, saveState, setOutputs } from "../../../src/action/protocol.ts";
import { tempFolder } from "../../support/temp-home.ts";

test.each([
  ["github-token", "INPUT_GITHUB-TOKEN"],
  ["two words", "INPUT_TWO_WORDS"],
])("the input %s is the variable %s", (name, variable) => {
  expect(input({ [variable]: " x\n" }, name)).toBe("x");
  expect(input({}, name)).toBe("");
});

test("what would end a command, or one of its properties, is escaped", () => {
  expect(command("error", { title: "a: b, 5%" }, "5% of\r\nx: y, z")).toBe(
    "::error title=a%3A b%2C 5%25::5%25 of%0D%0Ax: y, z\n",
  );
  expect(command("debug", {}, "x")).toBe("::debug::x\n");
});

test("each line of a secret is masked once, except for the brackets of its JSON", () => {
  const json = '{\n  "key": "a%b"\r\n}\n';
  expect(maskCommands(["pw", json, "  pw ", "", " \n", "one\ntwo"])).toBe(
    '::add-mask::pw\n::add-mask::"key": "a%25b"\n::add-mask::one\n::add-mask::two\n',
  );
});

test("a text from outside is between a random word that stops commands and the same word", () => {
  const [, word = "", text, end] =
    /^::stop-commands::(\w{32})\n(.*\n)::(\w+)::\n$/s.exec(literally("::error::x")) ?? [];
  expect([text, end]).toEqual(["::error::x\n", word]);
  expect(literally("x")).not.toContain(word);
  expect(literally("")).toBe("");
});

test("values are added to the runner's files, whatever lines they have", () => {
  const [GITHUB_STATE, GITHUB_OUTPUT] = [join(tempFolder(), "state"), join(tempFolder(), "output")];
  saveState({ GITHUB_STATE }, { a: "1", b: "2\nc<<x" });
  setOutputs({ GITHUB_OUTPUT }, { d: "3" });
  setOutputs({ GITHUB_OUTPUT }, { e: "" });
  expect(readFileSync(GITHUB_STATE, "utf8")).toMatch(/^a<<(end-\w{32})\n1\n\1\nb<<(end-\w{32})\n2\nc<<x\n\2\n$/);
  expect(readFileSync(GITHUB_OUTPUT, "utf8")).toMatch(/^d<<(end-\w{32})\n3\n\1\ne<<(end-\w{32})\n\n\2\n$/);
});

test("without a runner, there is no file to write to", () => {
  expect(() => saveState({}, { a: "1" })).not.toThrow();
});
