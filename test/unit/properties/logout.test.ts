import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { editDockerConfig, type WantedConfig } from "../../../src/clients/docker/edit-config.ts";
import type { JournalEntry, Written } from "../../../src/store/journal.ts";
import { HELPER_FOLDER } from "../../support/clients.ts";
import { authOf } from "../../support/encoding.ts";
import { holds } from "../../support/properties.ts";
import { makeStoreHost, type StoreHost } from "../../support/stores/scripted-store.ts";
import { secrets } from "../../support/temp-home.ts";

const HOST = "registry.example.com";
const OTHER = "other.example.com";
const ENV = secrets("A", HOST, "bob", "planted-password");

const space = fc.constantFrom("", "", " ", "\n", "\n\n", "\r\n\t");
const emptyObject = space.map((each) => `{${each}}`);

function object(members: readonly (readonly [string, fc.Arbitrary<string>])[]): fc.Arbitrary<string> {
  return fc
    .tuple(
      fc.shuffledSubarray(
        members.map(([key, value]) => fc.tuple(space, space, value).map(([a, b, text]) => `${a}"${key}":${b}${text}`)),
      ),
      space,
    )
    .chain(([chosen, end]) => fc.tuple(...chosen).map((texts) => `{${texts.join(",")}${end}}`));
}

/** An entry that is no login: docker's placeholder, and what old versions left. */
const withoutLogin = fc.oneof(emptyObject, fc.constantFrom("null", '{"email":"bob@example.com"}', '{ "email" : "" }'));
const login = fc.constant(`{"auth":"${authOf("alice", "her-own-password")}"}`);

/** What docker's file may be before a login. @param store values of `credsStore` */
function configs(store: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const config = object([
    [
      "auths",
      fc.oneof(
        fc.constant("null"),
        emptyObject,
        object([
          [HOST, withoutLogin],
          ["", emptyObject],
          [OTHER, fc.oneof(login, emptyObject)],
        ]),
      ),
    ],
    ["credHelpers", fc.oneof(fc.constant("null"), emptyObject, object([["gcr.io", fc.constant('"gcloud"')]]))],
    ["credsStore", store],
    ["psFormat", fc.constant('"auths: {}"')],
  ]);
  return fc.tuple(space, config, space).map((parts) => parts.join(""));
}

/** The same, with a member that is always there. */
const withStoreName = object([
  [
    "auths",
    fc.oneof(
      fc.constant("null"),
      emptyObject,
      object([
        [HOST, withoutLogin],
        [OTHER, emptyObject],
      ]),
    ),
  ],
]).map((text) =>
  /^\{\s*\}$/.test(text) ? '{"credsStore":"scripted"}' : text.replace("{", '{"credsStore": "scripted",'),
);

const NOTHING: WantedConfig = {
  adds: false,
  helperKeys: new Set(),
  helperAuths: new Map(),
  overridesAuths: true,
  lastResortKeys: new Set(),
  auths: new Map(),
  former: [],
};

interface Case {
  readonly where: string;
  readonly config: fc.Arbitrary<string | null>;
  readonly makeHost: () => StoreHost;
  readonly flags: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly numRuns: number;
}

const blank = fc.constantFrom("", "\uFEFF", " ", "\n \t\r\n", "{}", "{\n\n}", " {\t}\n", "{}\n");
const noStore = fc.oneof(
  blank,
  blank,
  configs(fc.constant('""')),
  configs(fc.constant('""')),
  configs(fc.constant('""')),
);

function withPass(): StoreHost {
  const host = makeStoreHost("pass");
  writeFileSync(join(host.programs, "pass"), "#!/bin/sh\n", { mode: 0o755 });
  return host;
}

const CASES: readonly Case[] = [
  {
    where: "docker's file",
    config: fc.oneof(noStore, noStore, fc.constant(null)),
    makeHost: makeStoreHost,
    flags: [],
    env: {},
    numRuns: 24,
  },
  {
    where: "docker's file by the option",
    config: noStore,
    makeHost: makeStoreHost,
    flags: ["--storage", "plaintext"],
    env: {},
    numRuns: 12,
  },
  { where: "the store", config: withStoreName, makeHost: makeStoreHost, flags: [], env: {}, numRuns: 6 },
  { where: "docker's default store", config: noStore, makeHost: withPass, flags: [], env: {}, numRuns: 6 },
  {
    where: "our own vault",
    config: noStore,
    makeHost: makeStoreHost,
    flags: ["--storage", "disk"],
    env: { PATH: HELPER_FOLDER },
    numRuns: 12,
  },
];

test("what an edit of docker's configuration adds, a second one removes to the byte, in any form of the file", async () => {
  const file = "/config.json";
  const values = fc.constantFrom("", authOf("bob", "planted-password"));
  await holds(
    fc.property(noStore, values, fc.boolean(), (before, text, isHelpers) => {
      const { auths = {}, credHelpers = {} } = JSON.parse(before.trim() || "{}");
      const isEmpty = Object.keys({ ...auths, ...credHelpers }).length === 0;
      const store = isEmpty ? { credsStore: "pass" } : {};
      const wanted = isHelpers
        ? { helperKeys: new Set([HOST]), ...store }
        : { auths: new Map([[HOST, text]]), ...store };
      const first = editDockerConfig(file, before, { ...NOTHING, adds: true, ...wanted });
      const former = asFormer(file, first.written);
      expect(editDockerConfig(file, first.text, { ...NOTHING, former }).text).toBe(before);
      if (isHelpers) return;
      // After a run with a new secret, too.
      const renewed = { ...NOTHING, adds: true, auths: new Map([[HOST, "other"]]), ...store, former };
      const second = editDockerConfig(file, first.text, renewed);
      const all = [...former, ...asFormer(file, second.written)];
      expect(second.text).toContain("other");
      expect(editDockerConfig(file, second.text, { ...NOTHING, former: all }).text).toBe(before);
    }),
    600,
  );
});

function asFormer(file: string, written: readonly Written[]): JournalEntry[] {
  return written.map((each) => ({ ...each, file, since: null }));
}

test.each(CASES)(
  "after a login in $where and a logout, every byte is as before",
  async ({ config, makeHost, flags, env, numRuns }) => {
    const host = makeHost();
    await holds(
      fc.asyncProperty(config, async (text) => {
        writeConfig(host, text);
        const before = host.snapshot();
        await logIn(host, flags, env);
        await host.run(["logout", "--all"], env);
        expect(host.snapshot()).toEqual(before);
      }),
      numRuns,
    );
  },
);

test.each(CASES)(
  "what others change meanwhile stays, with a login in $where",
  async ({ where, config, makeHost, flags, env, numRuns }) => {
    const host = makeHost();
    const added = { auth: authOf("eve", "a-password-of-eve") };
    await holds(
      fc.asyncProperty(config, async (text) => {
        writeConfig(host, text);
        await logIn(host, flags, env);
        const now = host.home.readConfig();
        host.home.writeConfig(
          JSON.stringify({ ...now, auths: { ...now?.auths, "new.example.com": added } }, null, "\t"),
        );
        await host.run(["logout", "--all"], env);
        const { credsStore, ...rest } = JSON.parse(text?.trim() || "{}");
        const { credsStore: store, ...others } = host.home.readConfig() ?? {};
        expect(others).toEqual({ ...rest, auths: { ...rest.auths, "new.example.com": added } });
        // The login of others may be in docker's default store by now.
        if (where !== "docker's default store") expect(store).toBe(credsStore);
        rmSync(host.home.config);
        expect(Object.keys(host.snapshot())).toEqual(
          Object.keys(host.snapshot()).filter((file) => !file.includes("state")),
        );
      }),
      Math.ceil(numRuns / 3),
    );
  },
);

function writeConfig(host: StoreHost, text: string | null): void {
  if (text !== null) host.home.writeConfig(text);
  else if (existsSync(join(host.home.folder, ".docker")))
    rmSync(join(host.home.folder, ".docker"), { recursive: true });
}

/** Logs in; docker finds the login then. */
async function logIn(host: StoreHost, flags: readonly string[], env: Readonly<Record<string, string>>): Promise<void> {
  const all = { ...ENV, ...env };
  const { stdout } = await host.run(["login", "--json", "--no-verify", ...flags], all);
  expect(JSON.parse(stdout).registries).toMatchObject([{ outcome: "unreachable" }]);
  expect(JSON.parse((await host.run(["status", "--json"], all)).stdout).logins).toMatchObject([
    { clients: { docker: true } },
  ]);
}
