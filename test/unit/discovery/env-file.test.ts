import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { describe, expect, test } from "vitest";
import { parseEnvFile } from "../../../src/discovery/env-file.ts";
import { readInputFile } from "../../../src/discovery/input-file.ts";
import { tempFolder } from "../../support/temp-home.ts";

interface Row {
  readonly text: string;
  /** The lines whose value ends at a `#`, with their variable. */
  readonly cut?: string[];
}

const TABLE: Readonly<Record<string, Row>> = {
  "a # in a word": { text: "A=ab#cd", cut: ["1 A"] },
  "a # at the start": { text: "A=#cd", cut: ["1 A"] },
  "after $, ! and @": { text: "A=a$b!c@d#e", cut: ["1 A"] },
  "with spaces in the value": { text: "A = a b#c", cut: ["1 A"] },
  "after export": { text: "export A=a#b", cut: ["1 A"] },
  "with line ends of Windows": { text: "B=x\r\nA=a#b\r\nC=c\r\n", cut: ["2 A"] },
  "a comment after the value": { text: "A=ab # cd" },
  "a comment instead of a value": { text: "A= # cd" },
  "a comment line": { text: "# A=b#c\n  # A=b#c\nA=1" },
  "in double quotes": { text: 'A="a$b!c@d#e"' },
  "in single quotes": { text: "A='a$b!c@d#e'" },
  "in backticks": { text: "A=`a#b`" },
  "after a closing quote": { text: "A='a'#b" },
  "in a value of several lines": { text: 'A="x\nB=y#z\n"\nC=q#r', cut: ["4 C"] },
  "after a quote that is never closed": { text: "A='ab\nB=c#d", cut: ["2 B"] },
  "of a variable that is set again": { text: "A=a#b\nA=c" },
  "of the last of several": { text: "A=1#2\nA=3#4", cut: ["2 A"] },
  "a line without a value": { text: "A#b\nB=c#d", cut: ["2 B"] },
  "empty lines": { text: "\n\n A=1#2\n\n", cut: ["3 A"] },
  "no text": { text: "" },
};

describe.each(Object.entries(TABLE))("%s", (_, { text, cut = [] }) => {
  test("is read as Node reads it", () => {
    expect(parseEnvFile(text, ".env").variables).toEqual({ ...parseEnv(text) });
  });

  test("has these values that docker and compose read otherwise", () => {
    expect(parseEnvFile(text, ".env").cut.map(({ line, variable }) => `${line} ${variable}`)).toEqual(cut);
  });
});

test("a byte order mark is not a part of the first name", () => {
  const file = join(tempFolder(), ".env");
  writeFileSync(file, "\uFEFFA=1#2\n");
  const { text } = readInputFile(file, "env-file", "linux");
  expect(parseEnvFile(text, file)).toEqual({ variables: { A: "1" }, cut: [{ variable: "A", line: 1 }] });
});
