import { stripVTControlCharacters } from "node:util";
import { describe, expect, test } from "vitest";
import { table } from "../../../src/terminal/table.ts";
import { createPen, describeTerminal, PLAIN, type Terminal } from "../../../src/terminal/terminal.ts";

const TTY = { isTTY: true, columns: 100 };
const UTF8 = { TERM: "xterm-256color", LANG: "en_US.UTF-8" };

test.each<[string, Record<string, string>, { isTTY?: boolean; columns?: number }, Terminal]>([
  ["a terminal", UTF8, TTY, { color: true, unicode: true, columns: 100 }],
  ["a pipe or a log", UTF8, {}, { color: false, unicode: false, columns: null }],
  ["NO_COLOR", { ...UTF8, NO_COLOR: "1" }, TTY, { color: false, unicode: true, columns: 100 }],
  ["an empty NO_COLOR", { ...UTF8, NO_COLOR: "" }, TTY, { color: true, unicode: true, columns: 100 }],
  ["TERM=dumb", { ...UTF8, TERM: "dumb" }, TTY, { color: false, unicode: false, columns: 100 }],
  ["the Linux console", { ...UTF8, TERM: "linux" }, TTY, { color: true, unicode: false, columns: 100 }],
  ["no locale", { TERM: "xterm" }, TTY, { color: true, unicode: false, columns: 100 }],
  ["LC_ALL before LANG", { ...UTF8, LC_ALL: "C" }, TTY, { color: true, unicode: false, columns: 100 }],
  ["LC_CTYPE before LANG", { LANG: "C", LC_CTYPE: "C.utf8" }, TTY, { color: true, unicode: true, columns: 100 }],
  ["a width that is not known yet", UTF8, { isTTY: true, columns: 0 }, { color: true, unicode: true, columns: null }],
])("%s", (_, env, stream, expected) => {
  expect(describeTerminal(env, stream)).toEqual(expected);
});

const MARKS = ["ok", "wrong", "note", "skipped"] as const;
const SENTENCE = "the token service ghcr.io answered 403 Forbidden to the user that the secrets name";

test.each([true, false])("four different marks, one column each (color: %s)", (color) => {
  for (const unicode of [true, false]) {
    const pen = createPen({ color, unicode, columns: null });
    const plain = MARKS.map((mark) => stripVTControlCharacters(pen.mark(mark)));
    expect(new Set(plain).size).toBe(4);
    expect(plain.map((mark) => mark.length)).toEqual([1, 1, 1, 1]);
    expect(MARKS.every((mark) => pen.mark(mark).length > 1)).toBe(color);
  }
});

test("without Unicode and colors only ASCII", () => {
  const pen = createPen(PLAIN);
  const all = MARKS.flatMap((mark) => [pen.mark(mark), pen.paint(mark, "text")]);
  const text = [...all, pen.arrow, pen.bold("b"), pen.dim("d"), pen.hang("  ", SENTENCE)].join("");
  expect(text).toMatch(/^[\x20-\x7e]*$/);
});

describe("wrapping", () => {
  test("no line is wider than the terminal, and each is indented like the text", () => {
    const lines = createPen({ ...PLAIN, columns: 40 })
      .hang("      -> ", SENTENCE)
      .split("\n");
    expect(lines.length).toBeGreaterThan(2);
    expect(lines.filter((line) => line.length > 40)).toEqual([]);
    expect(lines[0]).toMatch(/^ {6}-> the/);
    expect(lines.slice(1)).toEqual(lines.slice(1).map(() => expect.stringMatching(/^ {9}\S/)));
    expect(lines.join(" ").replace(/\s+/g, " ").trim()).toBe(`-> ${SENTENCE}`);
  });

  test("a command is not broken, so that it can be copied", () => {
    const command = "docker-credential-registry-login";
    expect(createPen({ ...PLAIN, columns: 20 }).hang("  ", `run ${command} get`)).toContain(command);
  });

  test("colors have no width and continue on the next line", () => {
    const pen = createPen({ color: true, unicode: true, columns: 40 });
    const lines = pen.hang("  ", pen.paint("wrong", SENTENCE)).split("\n");
    expect(lines.map((line) => stripVTControlCharacters(line))).toEqual(
      createPen({ ...PLAIN, columns: 40 })
        .hang("  ", SENTENCE)
        .split("\n"),
    );
    const red = `${pen.paint("wrong", "x").split("x")[0]}`;
    expect(lines.filter((line) => !line.includes(red))).toEqual([]);
  });

  test("a pipe gets one line of any length", () => {
    expect(createPen(PLAIN).hang("  ", SENTENCE)).toBe(`  ${SENTENCE}`);
  });
});

describe("a table", () => {
  const rows = [
    ["ACR", "verified", "mycompany.azurecr.io", SENTENCE],
    ["HUB", "ok", "docker.io", "short"],
  ];

  test("is aligned, with a hanging indent in its last column", () => {
    const lines = table(rows, createPen({ ...PLAIN, columns: 80 }))
      .join("")
      .split("\n");
    const start = lines[0]?.indexOf("the token") ?? 0;
    expect(lines[1]).toMatch(new RegExp(`^ {${start}}\\S`));
    expect(lines.find((line) => line.includes("HUB"))?.indexOf("short")).toBe(start);
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
  });

  test("is also aligned with colored cells", () => {
    const pen = createPen({ color: true, unicode: true, columns: null });
    const colored = rows.map(([id = "", outcome = "", ...rest]) => [id, pen.paint("ok", outcome), ...rest]);
    expect(table(colored, pen).map((line) => stripVTControlCharacters(line))).toEqual(table(rows));
  });

  test("in a narrow terminal the last column goes onto its own line", () => {
    const lines = table(rows, createPen({ ...PLAIN, columns: 50 }))
      .join("")
      .split("\n");
    expect(lines[0]).toMatch(/azurecr\.io$/);
    expect(lines[1]).toMatch(/^ {6}the token/);
    expect(lines.filter((line) => line.length > 50)).toEqual([]);
  });
});

test.each([
  ["run registry-login", "run npx --yes cli"],
  ["fix that, then run registry-login doctor ghcr.io", "fix that, then run npx --yes cli doctor ghcr.io"],
  ["to find out why: registry-login doctor", "to find out why: npx --yes cli doctor"],
  ["registry-login: 1 of 1 registries ready", "registry-login: 1 of 1 registries ready"],
  ["logs in as bot (docker-credential-registry-login)", "logs in as bot (docker-credential-registry-login)"],
])("a program that is not on the PATH is named as it is run: %s", (text, named) => {
  expect(createPen({ ...PLAIN, program: "npx --yes cli" }).hang("", text)).toBe(named);
});
