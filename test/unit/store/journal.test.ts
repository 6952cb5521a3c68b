import { describe, expect, test } from "vitest";
import { fingerprint, type JournalEntry, record, retire, valuesIn } from "../../../src/store/journal.ts";

const NOW = 1_800_000_000;
const entry = (value: string, since: number | null = null, file = "/config.json"): JournalEntry => ({
  file,
  key: "ghcr.io",
  sha256: fingerprint(value),
  since,
});

test("values are found by file and key", () => {
  const journal = [entry("one"), entry("two"), entry("three", null, "/other.json")];
  expect(valuesIn(journal, "/config.json")).toEqual(
    new Map([["ghcr.io", new Set([fingerprint("one"), fingerprint("two")])]]),
  );
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
