import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { HELPER } from "../../../src/clients/credential-helper.ts";
import { readAuth, readLoginConfig } from "../../../src/clients/docker/config.ts";
import { editDockerConfig, type WantedConfig } from "../../../src/clients/docker/edit-config.ts";
import { editNpmrc } from "../../../src/clients/npm/npmrc.ts";
import { UserError } from "../../../src/findings/user-error.ts";
import { editSharedFile } from "../../../src/platform/shared-file.ts";
import { readState } from "../../../src/store/state-file.ts";
import { openVault } from "../../../src/store/vault.ts";
import { leaks } from "../../support/leaks.ts";
import { holds, json, secret, text, trap } from "../../support/properties.ts";
import { makeHome, tempFolder } from "../../support/temp-home.ts";

const KEY = "ghcr.io";
const NOTHING: WantedConfig = {
  adds: false,
  helperKeys: new Set(),
  helperAuths: new Map(),
  overridesAuths: false,
  lastResortKeys: new Set(),
  auths: new Map(),
  former: [],
};

const config = fc
  .record(
    {
      auths: fc.dictionary(fc.oneof(trap, fc.constant(KEY), fc.domain()), fc.jsonValue({ maxDepth: 1 })),
      credHelpers: fc.oneof(fc.dictionary(fc.oneof(trap, fc.constant(KEY), fc.domain()), fc.string()), fc.jsonValue()),
      credsStore: fc.oneof(fc.string(), fc.constant(null)),
      other: fc.jsonValue(),
    },
    { requiredKeys: [] },
  )
  .chain((value) => fc.constantFrom(JSON.stringify(value), JSON.stringify(value, null, 2)));

test("docker's configuration with any content keeps everything that is not ours, or is not changed", async () => {
  const file = join(tempFolder(), "config.json");
  let edited = 0;
  await holds(
    fc.asyncProperty(fc.oneof({ arbitrary: config, weight: 4 }, json, text), secret, async (before, planted) => {
      writeFileSync(file, before);
      readAuth({ auths: {}, ...readLoginConfig(file) }, KEY);
      const wanted = { ...NOTHING, adds: true, helperKeys: new Set([KEY]) };
      const refused = await refusal(editSharedFile(file, (text) => editDockerConfig(file, text, wanted)));
      if (refused !== null) {
        expect(readFileSync(file, "utf8")).toBe(before);
        expect(leaks(refused, "bob", planted)).toEqual([]);
        return;
      }
      edited++;
      const { credHelpers: old, ...rest } = JSON.parse(before.trim() || "{}");
      const { credHelpers, ...others } = JSON.parse(readFileSync(file, "utf8"));
      expect(others).toEqual(rest);
      const foreign = Object.entries(old ?? {}).filter(([, value]) => value !== HELPER);
      expect(Object.entries(credHelpers ?? {})).toEqual(expect.arrayContaining(foreign));
    }),
  );
  expect(edited).toBeGreaterThan(50);
});

test(".npmrc with any content keeps every line that is not ours", async () => {
  const file = join(tempFolder(), ".npmrc");
  const line = fc.oneof(text, fc.constantFrom("//npm.pkg.github.com/:_authToken=x", "a=b", "; c", "[s]", "\r"));
  await holds(
    fc.asyncProperty(fc.array(line), secret, async (lines, token) => {
      const before = lines.join("\n");
      writeFileSync(file, before);
      const value = token.replace(/\s/g, "");
      const values = new Map([["//npm.pkg.github.com/:_authToken", value]]);
      if ((await refusal(editSharedFile(file, (text) => editNpmrc(text, { values, former: new Set() })))) !== null) {
        expect(readFileSync(file, "utf8")).toBe(before);
        return;
      }
      // Of a last line without an end only the end is new.
      const others = (all: string): string[] =>
        all.split(/[\r\n]+/).filter((each) => each !== "" && !each.startsWith("//npm.pkg.github.com/:_authToken="));
      expect(others(readFileSync(file, "utf8"))).toEqual(others(before.toWellFormed()));
    }),
    200,
  );
});

test("a broken state file and broken vault entries count as missing", async () => {
  const folder = tempFolder();
  const { memory } = makeHome();
  const vault = openVault(join(memory, "vault"));
  const entry = { version: 1 as const, host: KEY, username: "bob", secret: "s", expiresAt: null, identifier: null };
  await holds(
    fc.property(fc.oneof(json, text), (broken) => {
      writeFileSync(join(folder, "state.json"), broken);
      expect(readState(folder).state.registered.every(({ host }) => typeof host === "string")).toBe(true);
      vault.write("stored", { ...entry, identity: null, githubToken: false });
      writeFileSync(join(memory, "vault/stored/ghcr.io.json"), broken);
      expect(vault.read("stored", KEY)).toBeNull();
      expect(vault.list("stored")).toEqual([]);
      rmSync(join(memory, "vault/stored/ghcr.io.json"));
    }),
  );
});

/** What a person is told where something is refused; anything else that is thrown is a bug. */
async function refusal(work: Promise<unknown>): Promise<string | null> {
  try {
    await work;
    return null;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return `${error.message} ${error.hint}`;
  }
}
