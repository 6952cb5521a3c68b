import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import {
  type ConfigEdit,
  editDockerConfig,
  PLACEHOLDER,
  type WantedConfig,
} from "../../../../src/clients/docker/edit-config.ts";
import { UserError } from "../../../../src/findings/user-error.ts";
import { editSharedFile } from "../../../../src/platform/shared-file.ts";
import { fingerprint, type JournalEntry } from "../../../../src/store/journal.ts";
import { base64 } from "../../../support/encoding.ts";
import { makeHome, writtenFiles } from "../../../support/temp-home.ts";
import { type Ours, readVectors } from "../../../support/vectors.ts";

const NOTHING: WantedConfig = {
  adds: true,
  lastResortKeys: new Set(),
  helperKeys: new Set(),
  helperAuths: new Map(),
  overridesAuths: false,
  auths: new Map(),
  former: [],
};

/** What the journal says of an entry in `auths` that a run wrote. */
function formerEntry(key: string, text: string): JournalEntry {
  return { file: "/config.json", key, sha256: fingerprint(text), since: null };
}

function editFile(file: string, wanted: WantedConfig): Promise<{ changed: boolean; edit: ConfigEdit }> {
  return editSharedFile(file, (before) => editDockerConfig(file, before, wanted));
}

test("the fingerprint of a placeholder is that of an empty text", () => {
  expect(PLACEHOLDER).toBe(fingerprint(""));
});

interface Row {
  readonly id: string;
  readonly before?: Readonly<Record<string, Record<string, { auth?: string }>>> | null;
  readonly beforeRaw?: string;
  readonly op?: {
    readonly setCredHelper?: Readonly<Record<string, string>>;
    readonly putAuth?: readonly [string, string, string];
    readonly removeAuth?: readonly string[];
  };
  readonly after?: unknown;
  readonly noWrite?: boolean;
  readonly ours?: Ours & { readonly after?: unknown; readonly notRun?: true };
}

const { cases } = readVectors<{ cases: readonly Row[] }>("config-merge");

function wantedBy({ op = {}, before }: Row): WantedConfig {
  const [key, user, password] = op.putAuth ?? [];
  return {
    ...NOTHING,
    helperKeys: new Set(Object.keys(op.setCredHelper ?? {})),
    auths: new Map(key === undefined ? [] : [[key, base64(`${user}:${password}`)]]),
    former: op.removeAuth?.map((each) => formerEntry(each, before?.auths?.[each]?.auth ?? "")) ?? [],
  };
}

test.each(cases.filter(({ ours }) => ours?.notRun !== true))("$id", async (row) => {
  const home = makeHome();
  const text = row.beforeRaw ?? (row.before == null ? null : JSON.stringify(row.before));
  if (text !== null) home.writeConfig(text);
  const files = writtenFiles(home.folder);
  const edit = editFile(home.config, wantedBy(row));
  if (row.after === undefined) {
    await expect(edit).rejects.toBeInstanceOf(UserError);
    expect(writtenFiles(home.folder)).toEqual(files);
  } else {
    expect((await edit).changed).toBe(row.noWrite !== true);
    expect(home.readConfig()).toEqual((row.ours ?? row).after);
    if (row.noWrite === true) expect(writtenFiles(home.folder)).toEqual(files);
  }
});

async function edited(text: string, ...keys: string[]): Promise<string> {
  const home = makeHome();
  home.writeConfig(text);
  await editFile(home.config, { ...NOTHING, helperKeys: new Set(keys) });
  return readFileSync(home.config, "utf8");
}

describe("the file's own formatting is kept", () => {
  const value = { zebra: [1, 2], credHelpers: { "quay.io": "other" }, alpha: { ä: "☃" } };
  const after = { ...value, credHelpers: { "quay.io": "other", "ghcr.io": "registry-login" } };

  test.each([
    ["tabs", "\t"],
    ["two spaces", "  "],
    ["four spaces", "    "],
  ])("%s", async (_, indent) => {
    expect(await edited(JSON.stringify(value, null, indent), "ghcr.io")).toBe(JSON.stringify(after, null, indent));
  });

  test("a newline at the end", async () => {
    expect(await edited(`${JSON.stringify(value, null, 2)}\n`, "ghcr.io")).toBe(`${JSON.stringify(after, null, 2)}\n`);
  });

  test("Windows line ends", async () => {
    const windows = (each: unknown): string => JSON.stringify(each, null, 2).replaceAll("\n", "\r\n");
    expect(await edited(windows(value), "ghcr.io")).toBe(windows(after));
  });

  test("minified", async () => {
    const text = await edited(JSON.stringify(value), "ghcr.io");
    expect(JSON.parse(text)).toEqual(after);
    expect(text).not.toContain("\n");
  });

  test("what is not edited is byte for byte the same", async () => {
    const head =
      '{ "number" : 1.0e2,   "escaped": "\\u00e4\\/",\n      "auths":{"quay.io":{"auth":"eDp5", "email" : "a@b"}},';
    expect(await edited(`${head}\n "credHelpers": {"a.example":"b"} }`, "ghcr.io")).toContain(head);
  });

  test("an empty object gets docker's own style", async () => {
    expect(await edited("{}", "ghcr.io")).toBe('{\n\t"credHelpers": {\n\t\t"ghcr.io": "registry-login"\n\t}\n}');
  });
});

test.each(['{"credHelpers":null}', '{"credHelpers":{},"auths":null}'])("null counts as missing: %s", async (text) => {
  expect(JSON.parse(await edited(text, "ghcr.io"))).toMatchObject({ credHelpers: { "ghcr.io": "registry-login" } });
});

test.each([
  ["", /./],
  ["{", /is not JSON/],
  ["{} // comment", /text after its JSON object/],
  ["{} {}", /text after its JSON object/],
  [`{"credHelpers":{},"CREDHELPERS":{"a.example":"b"}}`, /twice/],
  ['{"a":1,}', /is not JSON/],
  ["[]", /unexpected/],
  ["null", /unexpected/],
  ['"text"', /unexpected/],
  ['{"credHelpers":["ghcr.io"]}', /credHelpers/],
  ['{"credHelpers":{"ghcr.io":1}}', /credHelpers/],
  ['{"auths":"text"}', /auths/],
  ['{"auths":{"ghcr.io":""}}', /auths\.ghcr\.io/],
  ['{"credsStore":1}', /credsStore/],
  ['{"credHelpers":{},"credHelpers":{"a.example":"b"}}', /twice/],
])("a file with %j is not changed and is named, unless it is empty", async (text, message) => {
  const home = makeHome();
  home.writeConfig(text);
  const files = writtenFiles(home.folder);
  const edit = editFile(home.config, {
    ...NOTHING,
    helperKeys: new Set(["ghcr.io"]),
  });
  if (text === "") {
    await edit;
    expect(home.readConfig()).toEqual({ credHelpers: { "ghcr.io": "registry-login" } });
    return;
  }
  const error = await edit.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(UserError);
  expect((error as UserError).message).toMatch(message);
  expect((error as UserError).message).toContain(home.config);
  expect((error as UserError).hint).toContain("registry-login");
  expect(writtenFiles(home.folder)).toEqual(files);
});

test("another program's helper is kept", async () => {
  const home = makeHome();
  home.writeConfig('{"credHelpers":{"ghcr.io":"pass","quay.io":"ecr-login"},"credsStore":"desktop"}');
  const { changed, edit } = await editFile(home.config, {
    ...NOTHING,
    helperKeys: new Set(["ghcr.io"]),
  });
  expect(changed).toBe(false);
  expect(edit).toMatchObject({ credsStore: "desktop" });
});

test("names of objects are keys like all others", async () => {
  const text = await edited("{}", "constructor", "toString");
  expect(JSON.parse(text).credHelpers).toEqual({ constructor: "registry-login", toString: "registry-login" });
});

test("an auth entry that was changed meanwhile is kept", async () => {
  const home = makeHome();
  home.writeConfig(`{"auths":{"a.example":{"auth":"${base64("bob:mine")}"}}}`);
  const former = [formerEntry("a.example", base64("bob:ours"))];
  expect((await editFile(home.config, { ...NOTHING, former })).changed).toBe(false);
});
