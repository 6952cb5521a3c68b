import { execFileSync } from "node:child_process";
import { chownSync, mkdirSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { State } from "../../../src/store/state.ts";
import { readState, stateRevision, writeState } from "../../../src/store/state-file.ts";
import { tempFolder, writtenFiles } from "../../support/temp-home.ts";

const EMPTY: State = { version: 1, configs: [], registered: [], made: [], journal: [] };
const ROW = {
  identifier: "A",
  host: "ghcr.io",
  source: "environment",
  storage: "memory",
  verified: true,
  verifiedAt: 1_800_000_000,
} as const;

function write(folder: string, value: unknown): void {
  writeFileSync(join(folder, "state.json"), typeof value === "string" ? value : JSON.stringify(value));
}

test("what is written is read again, and its revision tells whether it was written since", () => {
  const folder = join(tempFolder(), "state");
  const entry = { file: "/home/bob/.docker/config.json", key: "ghcr.io", sha256: "0a", since: null };
  const state: State = { ...EMPTY, memory: "/dev/shm/x", configs: [entry.file], registered: [ROW], journal: [entry] };
  expect(writeState(folder, EMPTY, state)).toEqual(state);
  const read = readState(folder);
  expect(read).toEqual({ state, revision: stateRevision(folder) });
  writeState(folder, state, { ...state, configs: [] });
  expect(stateRevision(folder)).not.toBe(read.revision);
});

test("the same state is not written again, whatever the order of its keys", () => {
  const folder = tempFolder();
  const state = writeState(folder, EMPTY, { ...EMPTY, registered: [ROW] });
  const files = writtenFiles(folder);
  const { host, ...rest } = ROW;
  expect(writeState(folder, state, { ...EMPTY, registered: [{ ...rest, host }] })).toBe(state);
  expect(writtenFiles(folder)).toEqual(files);
});

describe("a state file that is not ours counts as none:", () => {
  test.each([
    ["nothing", () => undefined],
    ["not JSON", (folder: string) => write(folder, "{")],
    ["another value", (folder: string) => write(folder, [ROW])],
    ["another version", (folder: string) => write(folder, { ...EMPTY, version: 2, registered: [ROW] })],
    ["a folder", (folder: string) => mkdirSync(join(folder, "state.json"))],
    ["a FIFO", (folder: string) => execFileSync("mkfifo", [join(folder, "state.json")])],
    [
      "a symlink, also to a good one",
      (folder: string) => {
        write(folder, { ...EMPTY, registered: [ROW] });
        renameSync(join(folder, "state.json"), join(folder, "elsewhere.json"));
        symlinkSync("elsewhere.json", join(folder, "state.json"));
      },
    ],
    ["more than 8 MB", (folder: string) => write(folder, JSON.stringify(EMPTY) + " ".repeat(8 * 1024 * 1024))],
  ])("%s", (_, make) => {
    const folder = tempFolder();
    make(folder);
    expect(readState(folder).state).toEqual(EMPTY);
  });

  test("one of another user", () => {
    if (process.getuid?.() !== 0)
      throw new Error("only root can give a file away: run this test as root, in a container for example");
    const folder = tempFolder();
    write(folder, { ...EMPTY, registered: [ROW] });
    chownSync(join(folder, "state.json"), 12345, 12345);
    expect(readState(folder).state).toEqual(EMPTY);
  });
});

test("a damaged row does not hide the others, and what a newer version added stays", () => {
  const folder = tempFolder();
  const newer = { ...ROW, host: "quay.io", "x-new": 1 };
  write(folder, { ...EMPTY, "x-new": [1], registered: [{ ...ROW, host: "not a host" }, "text", null, newer] });
  expect(readState(folder).state).toEqual({ ...EMPTY, "x-new": [1], registered: [newer] });
});

test("the values that version 1.0.0 remembered by login become entries of the journal", () => {
  const folder = tempFolder();
  const configs = ["/a/config.json", "/b/config.json"];
  const auths = { "ghcr.io": "0a" };
  const npmrc = { file: "/home/bob/.npmrc", line: "0b" };
  const registered = [
    { ...ROW, storage: "plaintext", auths },
    { ...ROW, host: "npm.pkg.github.com", storage: "npmrc", npmrc },
  ];
  const pending = [{ host: "quay.io", auths: { "quay.io": "0c" }, goneAt: 1_800_000_000 }];
  write(folder, { version: 1, configs, registered, pending });
  const { state } = readState(folder);
  expect(state.registered).toEqual([
    { ...ROW, storage: "plaintext" },
    { ...ROW, host: "npm.pkg.github.com", storage: "npmrc" },
  ]);
  expect(state.journal).toEqual([
    ...configs.map((file) => ({ file, key: "ghcr.io", sha256: "0a", since: null })),
    { file: npmrc.file, key: "//npm.pkg.github.com/:_authToken", sha256: "0b", since: null },
    ...configs.map((file) => ({ file, key: "quay.io", sha256: "0c", since: 1_800_000_000 })),
  ]);
  expect(state).not.toHaveProperty("pending");
});

test("parts of docker's file that the journal knew by keys have a field of their own", () => {
  const folder = tempFolder();
  const entry = { file: "/home/bob/.docker/config.json", sha256: "0a", since: null };
  const keys = ["auths", "credsStore", "blank", "ghcr.io"];
  write(folder, { ...EMPTY, journal: keys.map((key) => ({ ...entry, key })) });
  const { state } = readState(folder);
  expect(state.journal).toEqual([
    { ...entry, key: "", part: "auths" },
    { ...entry, key: "", part: "credsStore" },
    { ...entry, key: "", part: "file", text: "" },
    { ...entry, key: "ghcr.io" },
  ]);
  // As they are written from now on.
  expect(writeState(folder, EMPTY, state)).toEqual(state);
  expect(readState(folder).state).toEqual(state);
});

test.each(["}", '"text', "x".repeat(10)])("a damaged text of an entry is dropped: %j", (text) => {
  const folder = tempFolder();
  const entry = { file: "/home/bob/.docker/config.json", key: "ghcr.io", sha256: "0a", since: null };
  write(folder, { ...EMPTY, journal: [{ ...entry, text }] });
  expect(readState(folder).state.journal).toEqual([entry]);
});

test("of a damaged file with as many keys as config files, not every combination becomes an entry of the journal", () => {
  const folder = tempFolder();
  const configs = Array.from({ length: 400 }, (_, nth) => `/${nth}/config.json`);
  const auths = Object.fromEntries(configs.map((key) => [key, "0a"]));
  write(folder, { version: 1, configs, registered: [{ ...ROW, auths }] });
  expect(readState(folder).state).toEqual({ ...EMPTY, configs, registered: [ROW] });
});
