import { describe, expect, test } from "vitest";
import { fingerprint, holds, type JournalEntry, record, retire } from "../../../src/store/journal.ts";

const NOW = 1_800_000_000;
const entry = (value: string, since: number | null = null, file = "/config.json"): JournalEntry => ({
  file,
  key: "ghcr.io",
  sha256: fingerprint(value),
  since,
});

test.each<[string, Partial<JournalEntry>, boolean]>([
  ["a value", { sha256: fingerprint("one") }, true],
  ["a value of a key in a file", { file: "/config.json", key: "ghcr.io", sha256: fingerprint("one") }, true],
  ["a value that is in use", { sha256: fingerprint("two"), since: null }, false],
  ["a value of a different file", { file: "/other.json", sha256: fingerprint("one") }, false],
  ["a key that is empty", { key: "" }, false],
  ["a part of the file", { file: "/config.json", part: "auths" }, true],
  ["a different part of the file", { file: "/config.json", part: "credsStore" }, false],
])("the journal is asked for %s", (_, sought, isThere) => {
  const part: JournalEntry = { ...entry(""), key: "", part: "auths" };
  expect(holds([entry("one"), entry("two", NOW), entry("three", null, "/third.json"), part], sought)).toBe(isThere);
});

test("an entry that is written again is in use again", () => {
  expect(record([entry("one", NOW), entry("two")], [entry("one")])).toEqual([entry("two"), entry("one")]);
});

describe("an entry that is not in use any more", () => {
  const isOne = ({ sha256 }: JournalEntry): boolean => sha256 === fingerprint("one");

  test("is obsolete from then on, and the one in use is not", () => {
    expect(retire([entry("one"), entry("two")], isOne, NOW)).toEqual([entry("one"), entry("two", NOW)]);
  });

  test("stays for a minute, since docker may bring the value back", () => {
    expect(retire([entry("two", NOW)], isOne, NOW + 59)).toEqual([entry("two", NOW)]);
    expect(retire([entry("two", NOW)], isOne, NOW + 60)).toEqual([]);
  });
});
