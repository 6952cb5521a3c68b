import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parseOptions, type RawOptions, readOptionsFile } from "../../../src/discovery/options.ts";
import { UserError } from "../../../src/findings/user-error.ts";
import { tempFolder } from "../../support/temp-home.ts";

const DEFAULTS = {
  registries: new Map(),
  storage: "memory",
  verify: true,
  strict: false,
  timeout: 10_000,
  identifiers: new Set(),
  githubToken: "auto",
  googleTokens: false,
  npm: false,
  root: false,
};

function read(text: string): RawOptions {
  const file = join(tempFolder(), "options");
  writeFileSync(file, text);
  return readOptionsFile(file);
}

test("without a file every option has its default", () => {
  expect(parseOptions(readOptionsFile(join(tempFolder(), "none")), {})).toEqual(DEFAULTS);
});

test("the file's lines are read as they are", () => {
  const text =
    "registries=ACR=a.azurecr.io, HUB=docker.io\nstorage=disk\nverify=false\nstrict=true\ntimeout=30\n" +
    "identifiers=acr, HUB\ngithubToken=never\ngoogleTokens=true\nnpm=true\nroot=true\n";
  expect(parseOptions(read(text), {})).toEqual({
    registries: new Map([
      ["ACR", "a.azurecr.io"],
      ["HUB", "docker.io"],
    ]),
    storage: "disk",
    verify: false,
    strict: true,
    timeout: 30_000,
    identifiers: new Set(["ACR", "HUB"]),
    githubToken: "never",
    googleTokens: true,
    npm: true,
    root: true,
  });
});

test("flags override the file", () => {
  expect(parseOptions(read("storage=disk\ntimeout=30\n"), { storage: "plaintext" })).toMatchObject({
    storage: "plaintext",
    timeout: 30_000,
  });
});

test("empty values count as not set, in the file and on the command line", () => {
  expect(parseOptions(read("storage=\nverify= \nregistries=\n"), { timeout: "", strict: " " })).toEqual(DEFAULTS);
  expect(parseOptions(read("storage=disk\n"), { storage: "" }).storage).toBe("disk");
});

test("lines that are not options are skipped", () => {
  expect(parseOptions(read("# a comment\n\nfuture=1\nstorage=disk"), {}).storage).toBe("disk");
});

describe("a wrong value is reported with the option and a hint", () => {
  test.each<[keyof RawOptions, string, RegExp]>([
    ["storage", "keychain", /must be memory, disk, plaintext or native$/],
    ["storage", "Memory", /must be memory, disk, plaintext or native$/],
    ["verify", "yes", /must be true or false$/],
    ["strict", "1", /must be true or false$/],
    ["timeout", "0", /must be a number of seconds from 1 to 600$/],
    ["timeout", "601", /must be a number of seconds from 1 to 600$/],
    ["timeout", "10s", /must be a number of seconds from 1 to 600$/],
    ["timeout", "-1", /must be a number of seconds from 1 to 600$/],
    ["timeout", "1.5", /must be a number of seconds from 1 to 600$/],
    ["identifiers", "ACR HUB", /ID, ID/],
    ["githubToken", "yes", /must be auto, always, never or gh$/],
    ["npm", "on", /must be true or false$/],
    ["registries", "ghcr.io", /ID=host/],
    ["registries", '{"ACR":"a.azurecr.io"}', /ID=host/],
    ["registries", "MY-ACR=a.azurecr.io", /ID=host/],
    ["registries", "ACR=a.azurecr.io HUB=docker.io", /ID=host/],
    ["registries", "ACR=", /ID=host/],
    ["registries", "A=ghcr.io, a=quay.io", /twice/],
  ])("%s = %s", (name, value, message) => {
    let error: unknown;
    try {
      parseOptions({}, { [name]: value });
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(UserError);
    const { message: said, hint } = error as UserError;
    expect(said).toMatch(message);
    expect(said).toContain(`option ${name}`);
    expect(hint).toMatch(/\w{4}/);
  });
});

test.each(["1", "59", "600"])("the timeout %s is in seconds", (timeout) => {
  expect(parseOptions({}, { timeout }).timeout).toBe(Number(timeout) * 1000);
});

test("the mapping may hold empty entries and spaces", () => {
  const { registries } = parseOptions({ registries: " my_acr = a.azurecr.io:443 ,, GHCR=https://ghcr.io/ ," }, {});
  expect(registries).toEqual(
    new Map([
      ["MY_ACR", "a.azurecr.io:443"],
      ["GHCR", "https://ghcr.io/"],
    ]),
  );
});
