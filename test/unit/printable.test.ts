import { expect, test } from "vitest";
import { jsonLine, printable, withoutControls } from "../../src/printable.ts";

/** What must not reach a terminal or a log, by its name. */
const UNSAFE: Readonly<Record<string, string>> = {
  NUL: "\u0000",
  BEL: "\u0007",
  BS: "\b",
  TAB: "\t",
  LF: "\n",
  CR: "\r",
  ESC: "\u001b",
  DEL: "\u007f",
  NEL: "\u0085",
  CSI: "\u009b",
  OSC: "\u009d",
  "soft hyphen": "\u00ad",
  "zero width space": "\u200b",
  LRM: "\u200e",
  RLM: "\u200f",
  "line separator": "\u2028",
  "paragraph separator": "\u2029",
  LRE: "\u202a",
  RLO: "\u202e",
  LRI: "\u2066",
  PDI: "\u2069",
  BOM: "\ufeff",
  tag: "\u{e0041}",
  "half of a pair": "\ud800",
};

test.each(Object.entries(UNSAFE))("%s is replaced, and escaped in JSON", (_, character) => {
  expect(withoutControls(`a${character}b`)).toBe("a?b");
  expect(printable(`a${character}b`)).toBe("a?b");
  const line = jsonLine({ [`k${character}`]: [character] });
  expect(withoutControls(line.slice(0, -1))).toBe(line.slice(0, -1));
  expect(line.endsWith("\n")).toBe(true);
  expect(JSON.parse(line)).toEqual({ [`k${character}`]: [character] });
});

test("letters, signs and symbols of any language stay", () => {
  const text = "bob's pässwörd, 日本語, עברית, 🔑 <token> {x} \u00a0 é";
  expect(printable(text)).toBe(text);
  expect(JSON.parse(jsonLine(text))).toBe(text);
});

test("a value that is too long is replaced as a whole, so that no part of a secret stays", () => {
  expect(printable("x".repeat(1000))).toBe("x".repeat(1000));
  expect(printable("x".repeat(1001))).toBe("a text of 1001 characters");
});
